import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLiveVault } from "../../rpc/index.ts";
import { StatusPopover } from "../../ui/index.ts";
import { useDialogParam } from "../../workbench/index.ts";
import { chosenReport, toneOf } from "./vault-view.ts";

/** The vault in the status bar: how it is, what that means, and what mends it. */
export function VaultStatusItem() {
  const { t } = useTranslation("vault");
  const vault = useLiveVault();
  const dialog = useDialogParam("vault");
  if (vault.data === undefined) {
    return (
      <StatusPopover tone="unknown" label={`${t("short")}: ${t("state.unknown")}`}>
        <p>{vault.failure === null ? t("asking") : vault.failure.message}</p>
        <Button variant="default" loading={vault.isAsking} onClick={vault.refetch}>
          {t("act.again")}
        </Button>
      </StatusPopover>
    );
  }
  const { store, state } = chosenReport(vault.data);
  return (
    <StatusPopover tone={toneOf(state)} label={`${t("short")}: ${t(`state.${state}`)}`}>
      <p>
        <strong>{t(`store.${store}`)}</strong>
      </p>
      <p>{t(`explain.${store}.${state}`)}</p>
      <Button variant={state === "unlocked" ? "default" : "filled"} onClick={() => dialog.open("status")}>
        {t(`mend.${state}`)}
      </Button>
    </StatusPopover>
  );
}
