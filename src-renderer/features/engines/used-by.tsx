import { useTranslation } from "react-i18next";
import css from "./engines.module.css";

/** Containers that use a thing; all of them on hover. */
export function UsedBy({ names }: { readonly names: readonly string[] }) {
  const { t } = useTranslation("engines");
  if (names.length === 0) return <span className={css["dimmed"]}>{t("unused")}</span>;
  return <span title={names.join("\n")}>{names.join(", ")}</span>;
}
