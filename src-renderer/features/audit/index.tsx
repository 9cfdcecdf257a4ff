import { IconHistory, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { type Action, type Feature, paths } from "../../workbench/index.ts";
import { AuditPage } from "./audit-page.tsx";

const ICON_SIZE = 16;

/** Commands of this feature: parts of the trail that are often looked for. */
export function useAuditActions(): readonly Action[] {
  const { t } = useTranslation("audit");
  const [, navigate] = useLocation();
  return [
    {
      id: "audit.handOver",
      group: "secrets",
      label: t("actions.handOver"),
      icon: <IconHistory size={ICON_SIZE} />,
      run: () => navigate(`${paths.audit}?action=credential.hand-over`),
    },
    {
      id: "audit.refused",
      group: "secrets",
      label: t("actions.refused"),
      icon: <IconX size={ICON_SIZE} />,
      run: () => navigate(`${paths.audit}?result=failed,refused`),
    },
  ];
}

/** The audit trail. */
export const auditFeature: Feature = {
  id: "audit",
  place: "audit",
  routes: [{ pattern: paths.audit, render: () => <AuditPage /> }],
};
