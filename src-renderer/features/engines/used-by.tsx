import { useTranslation } from "react-i18next";
import { parts } from "../../ui/index.ts";

/** Containers that use a thing; all of them on hover. */
export function UsedBy({ names }: { readonly names: readonly string[] }) {
  const { t } = useTranslation("engines");
  if (names.length === 0) return <span className={parts["dimmed"]}>{t("unused")}</span>;
  return <span title={names.join("\n")}>{names.join(", ")}</span>;
}
