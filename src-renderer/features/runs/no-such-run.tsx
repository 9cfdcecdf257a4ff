import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { EmptyState } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";

/** For an address that cannot be a run's. */
export function NoSuchRun() {
  const { t } = useTranslation("runs");
  const [, navigate] = useLocation();
  return (
    <EmptyState title={t("noSuchRun.title")} hint={t("noSuchRun.hint")}>
      <Button onClick={() => navigate(paths.runs)}>{t("noSuchRun.toRuns")}</Button>
    </EmptyState>
  );
}
