import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLiveVault } from "../../rpc/index.ts";
import { useDialogParam } from "../../workbench/index.ts";
import classes from "./vault.module.css";
import { VaultStateBadge } from "./vault-state.tsx";
import { chosenReport } from "./vault-view.ts";

/** Says above a screen that values can be neither read nor written now; nothing while they can. */
export function VaultNotice() {
  const { t } = useTranslation("vault");
  const dialog = useDialogParam("vault");
  const status = useLiveVault().data;
  if (status === undefined) return null;
  const { store, state } = chosenReport(status);
  if (state === "unlocked") return null;
  return (
    <section className={classes["notice"]} aria-label={t("title")}>
      <div>
        <strong>{t(`store.${store}`)}</strong> <VaultStateBadge state={state} />
        <p>{t(`explain.${store}.${state}`)}</p>
      </div>
      <Button onClick={() => dialog.open("status")}>{t(`mend.${state}`)}</Button>
    </section>
  );
}
