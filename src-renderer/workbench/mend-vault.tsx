import { Button } from "@mantine/core";
import { IconLockOpen } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isFinal, type Run } from "#contract/run.ts";
import { useDialogParam } from "./dialog-param.ts";

/** Whether a run stands still until a store of secrets can be read. */
export function waitsForVault(run: Run): boolean {
  return run.reason?.code === "vault-unavailable" && !isFinal(run.state);
}

/** Opens what mends the store of secrets a run waits for. */
export function MendVaultButton({ onOpen }: { readonly onOpen?: () => void }) {
  const { t } = useTranslation();
  const dialog = useDialogParam("vault");
  return (
    <Button
      size="compact-xs"
      leftSection={<IconLockOpen size={12} />}
      onClick={() => {
        onOpen?.();
        dialog.open("status");
      }}
    >
      {t("attention.mendVault")}
    </Button>
  );
}
