import { IconLock, IconLockOpen, IconShieldLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { toFailure, useLiveVault, useRpc } from "../../rpc/index.ts";
import { type Action, type Feature, showDone, showFailure, useDialogParam } from "../../workbench/index.ts";
import { VaultDialog } from "./vault-dialog.tsx";
import { VaultStatusItem } from "./vault-status.tsx";
import { chosenReport } from "./vault-view.ts";

export { VaultNotice } from "./vault-notice.tsx";
export { VaultPanel } from "./vault-panel.tsx";

const ICON_SIZE = 16;

/** Commands of this feature: show, open and lock the store of secrets. */
export function useVaultActions(): readonly Action[] {
  const { t } = useTranslation("vault");
  const rpc = useRpc();
  const dialog = useDialogParam("vault");
  const status = useLiveVault().data;
  const state = status === undefined ? null : chosenReport(status).state;
  async function lock(): Promise<void> {
    try {
      await rpc.vault.lock.mutate({});
      showDone(t("done.locked"));
    } catch (error) {
      showFailure(toFailure(error));
    }
  }
  const show: Action = {
    id: "vault.show",
    group: "secrets",
    label: t("actions.show"),
    icon: <IconShieldLock size={ICON_SIZE} />,
    run: () => dialog.open("status"),
  };
  if (state === "unlocked") {
    const icon = <IconLock size={ICON_SIZE} />;
    return [
      show,
      { id: "vault.lock", group: "secrets", label: t("actions.lock"), icon, run: () => void lock() },
    ];
  }
  if (state !== "locked") return [show];
  const icon = <IconLockOpen size={ICON_SIZE} />;
  const open = () => dialog.open("status");
  return [show, { id: "vault.unlock", group: "secrets", label: t("actions.unlock"), icon, run: open }];
}

/** Where secrets are kept: its state, and what mends it, over every screen. */
export const vaultFeature: Feature = {
  id: "vault",
  routes: [],
  Overlays: VaultDialog,
  StatusItem: VaultStatusItem,
};
