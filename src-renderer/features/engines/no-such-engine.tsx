import { useTranslation } from "react-i18next";
import { NothingThere, paths } from "../../workbench/index.ts";

/** For an address that names no engine. */
export function NoSuchEngine({ engine }: { readonly engine: string }) {
  const { t } = useTranslation("engines");
  const wayOut = { to: paths.targets, label: t("noSuchEngine.toTargets") };
  return (
    <NothingThere title={t("noSuchEngine.title", { engine })} hint={t("noSuchEngine.hint")} wayOut={wayOut} />
  );
}
