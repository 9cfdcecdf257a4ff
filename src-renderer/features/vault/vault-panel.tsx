import { Button, Radio } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { SECRET_STORES, type SecretStoreKind, type StoreReport, type VaultStatus } from "#contract/vault.ts";
import { useCommand, useLiveVault, useRpc } from "../../rpc/index.ts";
import { ErrorPanel } from "../../ui/index.ts";
import { CreateForm, UnlockForm } from "./passphrase-form.tsx";
import classes from "./vault.module.css";
import { VaultStateBadge } from "./vault-state.tsx";
import { reportOf } from "./vault-view.ts";

/** Where secrets are kept, how that store is, and what mends it. */
export function VaultPanel() {
  const { t } = useTranslation("vault");
  const vault = useLiveVault();
  const rpc = useRpc();
  const choose = useCommand((store: SecretStoreKind) => rpc.vault.choose.mutate({ store }));
  const status = vault.data;
  if (vault.failure !== null) return <ErrorPanel failure={vault.failure} onRetry={vault.refetch} isInline />;
  if (status === undefined) return <p className={classes["hint"]}>{t("asking")}</p>;
  return (
    <div className={classes["panel"]}>
      <Radio.Group
        label={t("choose")}
        description={t("chooseHint")}
        value={status.chosen}
        onChange={(value) => {
          const store = SECRET_STORES.find((each) => each === value);
          if (store !== undefined) choose.run(store);
        }}
      >
        <div className={classes["stores"]}>
          {SECRET_STORES.map((store) => (
            <div key={store} className={classes["store"]} data-chosen={store === status.chosen || undefined}>
              <Radio value={store} label={t(`store.${store}`)} description={t(`storeHint.${store}`)} />
              <VaultStateBadge state={reportOf(status, store).state} />
            </div>
          ))}
        </div>
      </Radio.Group>
      {choose.failure !== null && <ErrorPanel failure={choose.failure} isInline />}
      <StoreMender key={status.chosen} status={status} isAsking={vault.isAsking} onAskAgain={vault.refetch} />
    </div>
  );
}

interface MenderProps {
  readonly status: VaultStatus;
  readonly isAsking: boolean;
  readonly onAskAgain: () => void;
}

/** What the state of the chosen store means and what to do about it. */
function StoreMender({ status, isAsking, onAskAgain }: MenderProps) {
  const { t } = useTranslation("vault");
  const report = reportOf(status, status.chosen);
  return (
    <section className={classes["mender"]} data-state={report.state} aria-live="polite">
      <p>{t(`explain.${report.store}.${report.state}`)}</p>
      {report.problem !== "" && <p className={classes["problem"]}>{report.problem}</p>}
      <StoreAct report={report} status={status} isAsking={isAsking} onAskAgain={onAskAgain} />
    </section>
  );
}

function StoreAct({ report, status, isAsking, onAskAgain }: MenderProps & { readonly report: StoreReport }) {
  const { t } = useTranslation("vault");
  if (report.state === "unlocked") return <LockButton store={report.store} />;
  if (report.action === "create") return <CreateForm />;
  if (report.action === "unlock") {
    return report.store === "passphrase" ? <UnlockForm status={status} /> : <UnlockKeychain />;
  }
  return (
    <div className={classes["foot"]}>
      <Button variant="default" loading={isAsking} onClick={onAskAgain}>
        {t("act.again")}
      </Button>
    </div>
  );
}

function UnlockKeychain() {
  const { t } = useTranslation("vault");
  const rpc = useRpc();
  const unlock = useCommand(() => rpc.vault.unlock.mutate({ store: "keychain" }));
  return (
    <>
      {unlock.failure !== null && <ErrorPanel failure={unlock.failure} isInline />}
      <div className={classes["foot"]}>
        <Button loading={unlock.isBusy} onClick={() => unlock.run(undefined)}>
          {t("act.unlock")}
        </Button>
      </div>
    </>
  );
}

function LockButton({ store }: { readonly store: SecretStoreKind }) {
  const { t } = useTranslation("vault");
  const rpc = useRpc();
  const lock = useCommand(() => rpc.vault.lock.mutate({ store }));
  return (
    <>
      {lock.failure !== null && <ErrorPanel failure={lock.failure} isInline />}
      <div className={classes["foot"]}>
        <Button variant="default" loading={lock.isBusy} onClick={() => lock.run(undefined)}>
          {t("act.lock")}
        </Button>
      </div>
    </>
  );
}
