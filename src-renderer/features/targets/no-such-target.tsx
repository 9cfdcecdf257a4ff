import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { EmptyState } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";

/** For an address that names no target. */
export function NoSuchTarget({ target }: { readonly target: string }) {
  const { t } = useTranslation("targets");
  return (
    <EmptyState title={t("noSuchTarget.title", { target })} hint={t("noSuchTarget.hint")}>
      <Button component={Link} to={paths.targets}>
        {t("noSuchTarget.toTargets")}
      </Button>
    </EmptyState>
  );
}
