import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconDownload, IconHistory } from "@tabler/icons-react";
import { type UIEvent, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "wouter";
import type { AuditEntry, AuditFilter } from "#contract/audit.ts";
import { useAuditCheck } from "../../rpc/index.ts";
import {
  type Column,
  DataTable,
  EmptyState,
  ErrorPanel,
  ListAndAside,
  Page,
  PageHeader,
  RelativeTime,
} from "../../ui/index.ts";
import classes from "./audit.module.css";
import { AuditEntryPanel } from "./audit-entry.tsx";
import {
  type AuditChoice,
  isChosen,
  NO_CHOICE,
  readChoice,
  toAuditFilter,
  writeChoice,
} from "./audit-filter.ts";
import { AuditFilters } from "./audit-filters.tsx";
import { Outcome, Subject, useAuditDetails } from "./audit-words.tsx";
import { ChainState } from "./chain-state.tsx";
import { type AuditList, useAuditList } from "./use-audit-list.ts";
import { useExport } from "./use-export.ts";
import { useShownEntry } from "./use-shown-entry.ts";

/** How near to the end of the table older entries are asked for. */
const NEAR_END_PX = 600;

function useColumns(brokenAtSeq: number | null): readonly Column<AuditEntry>[] {
  const { t } = useTranslation("audit");
  return useMemo(
    () => [
      {
        key: "seq",
        header: "#",
        width: "72px",
        align: "end",
        render: (entry) => (
          <span className={classes["seq"]} data-broken={entry.seq === brokenAtSeq || undefined}>
            {entry.seq}
          </span>
        ),
      },
      {
        key: "time",
        header: t("column.time"),
        width: "124px",
        render: (entry) => <RelativeTime atMs={entry.atMs} />,
      },
      {
        key: "who",
        header: t("column.who"),
        width: "minmax(72px, 112px)",
        render: (entry) => <Clipped text={entry.who} />,
      },
      {
        key: "door",
        header: t("column.door"),
        width: "minmax(88px, 148px)",
        render: (entry) => <Clipped text={t(`door.${entry.door}`)} />,
      },
      {
        key: "action",
        header: t("column.action"),
        width: "minmax(168px, 1.6fr)",
        render: (entry) => <Clipped text={t(`action.${entry.action}`)} />,
      },
      {
        key: "subject",
        header: t("column.subject"),
        width: "minmax(132px, 1.2fr)",
        render: (entry) => <Subject entry={entry} />,
      },
      {
        key: "outcome",
        header: t("column.outcome"),
        width: "116px",
        render: (entry) => <Outcome outcome={entry.outcome} />,
      },
      {
        key: "details",
        header: t("column.details"),
        width: "minmax(100px, 1.8fr)",
        render: (entry) => <Details entry={entry} />,
      },
    ],
    [t, brokenAtSeq],
  );
}

/** All details on one line. */
function Details({ entry }: { readonly entry: AuditEntry }) {
  const detailsOf = useAuditDetails();
  const text = detailsOf(entry)
    .map(({ label, value }) => `${label}: ${value}`)
    .join(" · ");
  return (
    <span className={classes["details"]} title={text}>
      {text}
    </span>
  );
}

/** Text that may have less room than it needs, and is then told on hovering. */
function Clipped({ text }: { readonly text: string }) {
  return (
    <span className={classes["clipped"]} title={text}>
      {text}
    </span>
  );
}

/** The audit trail: who did what through which door, live, and whether the chain holds. */
export function AuditPage() {
  const { t } = useTranslation("audit");
  const [params, setParams] = useSearchParams();
  const choice = readChoice(params);
  const filter = toAuditFilter(choice);
  const list = useAuditList(filter);
  const brokenAtSeq = useAuditCheck().data?.brokenAtSeq ?? null;
  const columns = useColumns(brokenAtSeq);
  const shownSeq = Number(params.get("entry") ?? Number.NaN);
  const shown = useShownEntry(shownSeq, list.entries);
  const choose = (change: Partial<AuditChoice>) =>
    setParams((current) => writeChoice(current, { ...readChoice(current), ...change }), { replace: true });
  function show(seq: number | null): void {
    setParams((current) => {
      const next = new URLSearchParams(current);
      if (seq === null) next.delete("entry");
      else next.set("entry", String(seq));
      return next;
    });
  }
  return (
    <Page
      isFilling
      header={<PageHeader title={t("title")} note={t("note")} actions={<ExportMenu filter={filter} />} />}
    >
      <ChainState onShow={show} />
      <AuditFilters choice={choice} onChoose={choose} />
      {list.failure !== null && <ErrorPanel isInline failure={list.failure} onRetry={list.refetch} />}
      <ListAndAside
        aside={
          shown === null ? null : (
            <AuditEntryPanel
              entry={shown}
              isBroken={shown.seq === brokenAtSeq}
              onShow={show}
              onClose={() => show(null)}
            />
          )
        }
        onScroll={(event) => askNearEnd(event, list)}
      >
        {!list.isPending && (
          <DataTable
            label={t("title")}
            columns={columns}
            rows={list.entries}
            rowKey={(entry) => String(entry.seq)}
            {...(shown === null ? {} : { activeKey: String(shown.seq) })}
            onOpen={(entry) => show(entry.seq)}
            empty={<NoEntries isFiltered={isChosen(choice)} onReset={() => choose(NO_CHOICE)} />}
          />
        )}
      </ListAndAside>
    </Page>
  );
}

function askNearEnd({ target }: UIEvent, list: AuditList): void {
  if (!(target instanceof HTMLElement)) return;
  if (target.scrollHeight - target.scrollTop - target.clientHeight < NEAR_END_PX) list.more();
}

function NoEntries({ isFiltered, onReset }: { readonly isFiltered: boolean; readonly onReset: () => void }) {
  const { t } = useTranslation("audit");
  if (!isFiltered) {
    return (
      <EmptyState
        icon={<IconHistory size={40} stroke={1.3} />}
        title={t("none.title")}
        hint={t("none.hint")}
      />
    );
  }
  return (
    <EmptyState title={t("noMatch.title")} hint={t("noMatch.hint")}>
      <Button onClick={onReset}>{t("filter.reset")}</Button>
    </EmptyState>
  );
}

function ExportMenu({ filter }: { readonly filter: AuditFilter }) {
  const { t } = useTranslation("audit");
  const exporter = useExport(filter);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={14} />}
          rightSection={<IconChevronDown size={14} />}
          loading={exporter.isBusy}
        >
          {t("export.label")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => exporter.run("jsonl")}>{t("export.jsonl")}</Menu.Item>
        <Menu.Item onClick={() => exporter.run("csv")}>{t("export.csv")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
