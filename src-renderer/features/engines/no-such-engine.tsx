import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { EmptyState } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";

/** For an address that names no engine. */
export function NoSuchEngine({ engine }: { readonly engine: string }) {
  const { t } = useTranslation("engines");
  return (
    <EmptyState title={t("noSuchEngine.title", { engine })} hint={t("noSuchEngine.hint")}>
      <Button component={Link} to={paths.targets}>
        {t("noSuchEngine.toTargets")}
      </Button>
    </EmptyState>
  );
}
