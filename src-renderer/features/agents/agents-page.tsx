import { Button } from "@mantine/core";
import { IconAlertTriangle, IconPlayerPlay, IconPlus, IconRobot } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "wouter";
import type { Agent } from "#contract/agent.ts";
import type { Run } from "#contract/run.ts";
import { useLiveAgents, useRunSummaries } from "../../rpc/index.ts";
import {
  type Column,
  DataTable,
  EmptyState,
  ErrorPanel,
  onceClicked,
  Page,
  PageHeader,
  parts,
  RelativeTime,
  SearchField,
  StateBadge,
} from "../../ui/index.ts";
import { canStart, paths, useDialogParam } from "../../workbench/index.ts";
import classes from "./agents.module.css";
import { useStartAgent } from "./use-start-agent.ts";

/** An agent with what its runs say about it. */
interface AgentRow {
  readonly agent: Agent;
  readonly lastRun: Run | null;
  readonly liveCount: number;
}

function useAgentRows(): {
  readonly rows: readonly AgentRow[];
  readonly agents: ReturnType<typeof useLiveAgents>;
} {
  const agents = useLiveAgents();
  const summaries = useRunSummaries().data;
  const rows = useMemo(() => {
    const byAgent = new Map((summaries ?? []).map((summary) => [summary.agent, summary]));
    return (agents.data ?? []).map((agent): AgentRow => {
      const summary = byAgent.get(agent.name);
      return { agent, lastRun: summary?.latest ?? null, liveCount: summary?.liveRunIds.length ?? 0 };
    });
  }, [agents.data, summaries]);
  return { rows, agents };
}

function matches({ agent }: AgentRow, search: string): boolean {
  const text = `${agent.name} ${agent.manifest.description ?? ""}`.toLocaleLowerCase();
  return text.includes(search.trim().toLocaleLowerCase());
}

function useColumns(): readonly Column<AgentRow>[] {
  const { t } = useTranslation(["agents", "common"]);
  return useMemo(
    () => [
      {
        key: "name",
        header: t("list.name"),
        width: "minmax(220px, 3fr)",
        sortValue: ({ agent }) => agent.name,
        render: ({ agent }) => <NameCell agent={agent} />,
      },
      {
        key: "class",
        header: t("list.class"),
        width: "minmax(116px, 156px)",
        sortValue: ({ agent }) => agent.manifest.class,
        render: ({ agent }) => <span>{t(`common:class.${agent.manifest.class}`)}</span>,
      },
      {
        key: "lastRun",
        header: t("list.lastRun"),
        width: "minmax(148px, 168px)",
        sortValue: ({ lastRun }) => lastRun?.state ?? null,
        render: ({ lastRun }) =>
          lastRun === null ? (
            <span className={parts["dimmed"]}>{t("list.neverRan")}</span>
          ) : (
            <StateBadge state={lastRun.state} />
          ),
      },
      {
        key: "when",
        header: t("list.when"),
        width: "minmax(112px, 136px)",
        beginsDescending: true,
        sortValue: ({ lastRun }) => lastRun?.createdAtMs ?? null,
        render: ({ lastRun }) => (lastRun === null ? null : <RelativeTime atMs={lastRun.createdAtMs} />),
      },
      {
        key: "live",
        header: t("list.live"),
        width: "96px",
        align: "end",
        beginsDescending: true,
        sortValue: ({ liveCount }) => liveCount,
        render: ({ liveCount }) => (liveCount === 0 ? null : <span>{liveCount}</span>),
      },
      {
        key: "start",
        header: "",
        width: "128px",
        align: "end",
        render: ({ agent }) => <StartCell agent={agent} />,
      },
    ],
    [t],
  );
}

function NameCell({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation(["agents", "common"]);
  const trouble = agent.isPresent
    ? t("list.problems", { count: agent.problems.length })
    : t("list.folderGone");
  return (
    <span className={parts["nameCell"]}>
      <strong>{agent.name}</strong>
      {!canStart(agent) && (
        <span className={classes.trouble}>
          <IconAlertTriangle size={13} aria-hidden="true" />
          {trouble}
        </span>
      )}
      <span className={parts["dimmed"]}>{agent.manifest.description}</span>
    </span>
  );
}

function StartCell({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation(["agents", "common"]);
  const { start, isBusy } = useStartAgent();
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<IconPlayerPlay size={12} />}
      disabled={!canStart(agent)}
      loading={isBusy}
      aria-label={t("list.startNamed", { agent: agent.name })}
      onClick={onceClicked(() => start(agent))}
    >
      {t("list.start")}
    </Button>
  );
}

export function AgentsPage() {
  const { t } = useTranslation(["agents", "common"]);
  const [, navigate] = useLocation();
  const [params, setParams] = useSearchParams();
  const add = useDialogParam("add");
  const { rows, agents } = useAgentRows();
  const columns = useColumns();
  const search = params.get("search") ?? "";
  const shown = rows.filter((row) => matches(row, search));

  const header = (
    <PageHeader
      title={t("list.title")}
      note={rows.length > 0 ? t("list.count", { count: rows.length }) : undefined}
      actions={
        rows.length > 0 && (
          <>
            <SearchField
              label={t("list.search")}
              width={240}
              value={search}
              onSearch={(typed) => setParams(typed === "" ? {} : { search: typed }, { replace: true })}
            />
            <Button leftSection={<IconPlus size={14} />} onClick={() => add.open("folder")}>
              {t("list.add")}
            </Button>
          </>
        )
      }
    />
  );
  return (
    <Page header={header} isFilling>
      {agents.failure !== null && <ErrorPanel failure={agents.failure} onRetry={agents.refetch} />}
      {agents.data?.length === 0 && <NoAgents onAdd={add.open} />}
      {rows.length > 0 && (
        <DataTable
          label={t("list.label")}
          columns={columns}
          rows={shown}
          rowKey={(row) => row.agent.name}
          initialSort={{ column: "name", isDescending: false }}
          isFitting
          onOpen={(row) => navigate(paths.agent(row.agent.name))}
          empty={<p className={parts["nothing"]}>{t("list.nothing", { search })}</p>}
        />
      )}
    </Page>
  );
}

function NoAgents({ onAdd }: { readonly onAdd: (tab: string) => void }) {
  const { t } = useTranslation(["agents", "common"]);
  return (
    <EmptyState
      icon={<IconRobot size={40} stroke={1.3} />}
      title={t("list.emptyTitle")}
      hint={t("list.emptyHint")}
    >
      <Button size="sm" onClick={() => onAdd("folder")}>
        {t("list.add")}
      </Button>
      <Button size="sm" variant="default" onClick={() => onAdd("samples")}>
        {t("list.trySample")}
      </Button>
    </EmptyState>
  );
}
