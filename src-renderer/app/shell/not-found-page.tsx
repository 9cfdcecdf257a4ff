import { useTranslation } from "react-i18next";
import { NothingThere, paths } from "../../workbench/index.ts";

export function NotFoundPage() {
  const { t } = useTranslation();
  const wayOut = { to: paths.bridge, label: t("error.toBridge") };
  return <NothingThere title={t("error.notFoundTitle")} hint={t("error.notFoundHint")} wayOut={wayOut} />;
}
