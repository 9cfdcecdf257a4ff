import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDialogParam } from "../../workbench/index.ts";
import { VaultPanel } from "./vault-panel.tsx";

/** The store of secrets, over any screen: `?vault=status`. */
export function VaultDialog() {
  const { t } = useTranslation(["vault", "common"]);
  const dialog = useDialogParam("vault");
  return (
    <Modal
      opened={dialog.value !== null}
      onClose={dialog.close}
      title={t("title")}
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      {dialog.value !== null && <VaultPanel />}
    </Modal>
  );
}
