import { IconFileImport, IconKey, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useLiveCredentials } from "../../rpc/index.ts";
import { type Action, type Feature, paths, useDialogParam } from "../../workbench/index.ts";
import { CredentialDialog } from "./credential-dialog.tsx";
import { CredentialsPage } from "./credentials-page.tsx";

export { NeedsList } from "./needs-list.tsx";

const ICON_SIZE = 16;

/** Commands of this feature: add, import and open credentials. */
export function useCredentialActions(): readonly Action[] {
  const { t } = useTranslation("credentials");
  const [, navigate] = useLocation();
  const dialog = useDialogParam("credential");
  const credentials = useLiveCredentials().data ?? [];
  return [
    {
      id: "credentials.add",
      group: "secrets",
      label: t("actions.add"),
      icon: <IconPlus size={ICON_SIZE} />,
      run: () => dialog.open("new"),
    },
    {
      id: "credentials.import",
      group: "secrets",
      label: t("actions.import"),
      icon: <IconFileImport size={ICON_SIZE} />,
      run: () => dialog.open("import"),
    },
    ...credentials.map(
      ({ name, kind }): Action => ({
        id: `credentials.open:${name}`,
        group: "secrets",
        label: t("actions.open", { name }),
        note: t(`kind.${kind}`),
        icon: <IconKey size={ICON_SIZE} />,
        run: () => navigate(paths.credential(name)),
      }),
    ),
  ];
}

/** Credentials: what there is, who may use it, who did; values go in and are never shown. */
export const credentialsFeature: Feature = {
  id: "credentials",
  place: "credentials",
  Overlays: CredentialDialog,
  routes: [
    { pattern: paths.credentials, render: () => <CredentialsPage shown={null} /> },
    {
      pattern: "/credentials/:name",
      crumb: ({ name }) => name ?? "",
      render: ({ name }) => <CredentialsPage shown={name ?? null} />,
    },
  ],
};
