import { Button } from "@mantine/core";
import { IconLink, IconLinkOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useAuditCheck } from "../../rpc/index.ts";
import { CopyButton, ErrorPanel, RelativeTime, useFormat } from "../../ui/index.ts";
import classes from "./audit.module.css";

/** Whether the chain of the trail holds; where it is broken, that stands above everything else. */
export function ChainState({ onShow }: { readonly onShow: (seq: number) => void }) {
  const { t } = useTranslation("audit");
  const format = useFormat();
  const check = useAuditCheck();
  const again = (
    <Button variant="default" size="compact-xs" loading={check.isChecking} onClick={check.refetch}>
      {t("chain.again")}
    </Button>
  );
  if (check.failure !== null) return <ErrorPanel failure={check.failure} onRetry={check.refetch} isInline />;
  if (check.data === undefined) return <p className={classes["chain"]}>{t("chain.checking")}</p>;
  const { brokenAtSeq, fault, entries, headHash, written } = check.data;
  if (brokenAtSeq === null || fault === null) {
    return (
      <p className={classes["chain"]} role="status">
        <IconLink size={14} aria-hidden="true" />
        <span>
          {t("chain.holds", { count: entries, shown: format.number(entries) })}{" "}
          <RelativeTime atMs={check.atMs} />
        </span>
        {headHash !== "" && (
          <span className={classes["head"]} title={t("chain.headHint")}>
            {t("chain.head")} <code>{headHash.slice(0, 12)}</code>
            <CopyButton value={headHash} label={t("chain.copyHead")} />
          </span>
        )}
        {again}
      </p>
    );
  }
  return (
    <section className={classes["broken"]} role="alert">
      <IconLinkOff size={20} aria-hidden="true" />
      <div>
        <strong>{t("chain.broken", { seq: format.number(brokenAtSeq) })}</strong>
        <p>{t("chain.brokenMeans")}</p>
        <p>
          {t(`chain.fault.${fault}`, {
            seq: format.number(brokenAtSeq),
            entries: format.number(entries),
            written: format.number(written),
          })}
        </p>
        <p>{t("chain.brokenDo")}</p>
        <div className={classes["acts"]}>
          <Button onClick={() => onShow(brokenAtSeq)}>{t("chain.show")}</Button>
          {again}
        </div>
      </div>
    </section>
  );
}
