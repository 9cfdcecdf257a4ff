import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { EmptyState } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";

/** For an address that names no run. */
export function NoSuchRun() {
  const { t } = useTranslation("runs");
  return (
    <EmptyState title={t("noSuchRun.title")} hint={t("noSuchRun.hint")}>
      <Button component={Link} to={paths.runs}>
        {t("noSuchRun.toRuns")}
      </Button>
    </EmptyState>
  );
}
