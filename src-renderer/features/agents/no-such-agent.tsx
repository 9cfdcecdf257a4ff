import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { EmptyState } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";

/** For an address that names no agent. */
export function NoSuchAgent({ agent }: { readonly agent: string }) {
  const { t } = useTranslation("agents");
  return (
    <EmptyState title={t("noSuchAgent.title", { agent })} hint={t("noSuchAgent.hint")}>
      <Button component={Link} to={paths.agents}>
        {t("noSuchAgent.toAgents")}
      </Button>
    </EmptyState>
  );
}
