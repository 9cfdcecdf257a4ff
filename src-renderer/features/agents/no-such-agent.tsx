import { useTranslation } from "react-i18next";
import { NothingThere, paths } from "../../workbench/index.ts";

/** For an address that names no agent. */
export function NoSuchAgent({ agent }: { readonly agent: string }) {
  const { t } = useTranslation("agents");
  const wayOut = { to: paths.agents, label: t("noSuchAgent.toAgents") };
  return (
    <NothingThere title={t("noSuchAgent.title", { agent })} hint={t("noSuchAgent.hint")} wayOut={wayOut} />
  );
}
