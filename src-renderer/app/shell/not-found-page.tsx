import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { EmptyState } from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <EmptyState title={t("error.notFoundTitle")} hint={t("error.notFoundHint")}>
      <Button component={Link} to={paths.bridge}>
        {t("error.toBridge")}
      </Button>
    </EmptyState>
  );
}
