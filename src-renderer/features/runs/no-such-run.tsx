import { useTranslation } from "react-i18next";
import { NothingThere, paths } from "../../workbench/index.ts";

/** For an address that names no run. */
export function NoSuchRun() {
  const { t } = useTranslation("runs");
  const wayOut = { to: paths.runs, label: t("noSuchRun.toRuns") };
  return <NothingThere title={t("noSuchRun.title")} hint={t("noSuchRun.hint")} wayOut={wayOut} />;
}
