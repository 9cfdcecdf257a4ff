import { useTranslation } from "react-i18next";
import { NothingThere, paths } from "../../workbench/index.ts";

/** For an address that names no target. */
export function NoSuchTarget({ target }: { readonly target: string }) {
  const { t } = useTranslation("targets");
  const wayOut = { to: paths.targets, label: t("noSuchTarget.toTargets") };
  return (
    <NothingThere title={t("noSuchTarget.title", { target })} hint={t("noSuchTarget.hint")} wayOut={wayOut} />
  );
}
