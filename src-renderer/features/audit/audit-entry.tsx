import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { AuditEntry } from "#contract/audit.ts";
import { Aside, AsideHead, Copyable, type Fact, KeyValueList, Mono, useFormat } from "../../ui/index.ts";
import classes from "./audit.module.css";
import { Outcome, Subject, useAuditDetails } from "./audit-words.tsx";

interface AuditEntryPanelProps {
  readonly entry: AuditEntry;
  readonly isBroken: boolean;
  readonly onShow: (seq: number) => void;
  readonly onClose: () => void;
}

/** Everything one entry says. */
export function AuditEntryPanel({ entry, isBroken, onShow, onClose }: AuditEntryPanelProps) {
  const { t } = useTranslation("audit");
  const format = useFormat();
  const detailsOf = useAuditDetails();
  const { begunSeq } = entry;
  const title = t("entry.title", { seq: entry.seq });
  const facts: readonly (Fact | null)[] = [
    { key: "time", label: t("column.time"), value: format.exact(entry.atMs) },
    { key: "who", label: t("column.who"), value: entry.who },
    { key: "door", label: t("column.door"), value: t(`door.${entry.door}`) },
    { key: "action", label: t("column.action"), value: t(`action.${entry.action}`) },
    { key: "subject", label: t("column.subject"), value: <Subject entry={entry} /> },
    { key: "outcome", label: t("column.outcome"), value: <Outcome outcome={entry.outcome} /> },
    begunSeq === null
      ? null
      : {
          key: "begun",
          label: t("entry.begun"),
          value: (
            <Button variant="subtle" size="compact-xs" onClick={() => onShow(begunSeq)}>
              {t("entry.title", { seq: begunSeq })}
            </Button>
          ),
        },
    ...detailsOf(entry).map(({ key, label, value }) => ({
      key: `detail ${key}`,
      label,
      value: <Mono>{value}</Mono>,
    })),
    { key: "hash", label: t("entry.hash"), value: <Copyable value={entry.hash} /> },
  ];
  return (
    <Aside label={title}>
      <AsideHead title={title} closeLabel={t("entry.close")} onClose={onClose} />
      {isBroken && <p className={classes["entryBroken"]}>{t("entry.broken")}</p>}
      <KeyValueList facts={facts.filter((fact) => fact !== null)} />
      <p className={classes["note"]}>{t("entry.noValues")}</p>
    </Aside>
  );
}
