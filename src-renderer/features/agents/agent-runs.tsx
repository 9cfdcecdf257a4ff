import { IconPlayerPlay } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { AgentName } from "#contract/ids.ts";
import type { Run } from "#contract/run.ts";
import { useLiveRuns } from "../../rpc/index.ts";
import {
  type Column,
  DataTable,
  Duration,
  EmptyState,
  ErrorPanel,
  Mono,
  RelativeTime,
  StateBadge,
} from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";
import { PinnedMark, Reason, shortRunId, usePinnedLogs } from "../runs/index.ts";

function useColumns(): readonly Column<Run>[] {
  const { t } = useTranslation("agents");
  const pinned = usePinnedLogs();
  return useMemo(
    () => [
      {
        key: "state",
        header: t("runs.state"),
        width: "minmax(148px, 180px)",
        sortValue: (run) => run.state,
        render: (run) => <StateBadge state={run.state} />,
      },
      {
        key: "started",
        header: t("runs.started"),
        width: "minmax(104px, 1fr)",
        beginsDescending: true,
        sortValue: (run) => run.createdAtMs,
        render: (run) => <RelativeTime atMs={run.createdAtMs} />,
      },
      {
        key: "duration",
        header: t("runs.duration"),
        width: "minmax(112px, 1fr)",
        align: "end",
        beginsDescending: true,
        sortValue: (run) =>
          run.startedAtMs === null || run.endedAtMs === null ? null : run.endedAtMs - run.startedAtMs,
        render: (run) => <Duration fromMs={run.startedAtMs} toMs={run.endedAtMs} />,
      },
      {
        key: "reason",
        header: t("runs.reason"),
        width: "minmax(160px, 4fr)",
        render: (run) => <Reason reason={run.reason} />,
      },
      {
        key: "id",
        header: t("runs.id"),
        width: "minmax(96px, 1fr)",
        render: (run) => (
          <>
            <Mono>{shortRunId(run.id)}</Mono>
            {pinned.has(run.id) && <PinnedMark />}
          </>
        ),
      },
    ],
    [t, pinned],
  );
}

export interface AgentRunsProps {
  readonly agent: AgentName;
  readonly limit: number;
}

/** History of one agent, newest first. */
export function AgentRuns({ agent, limit }: AgentRunsProps) {
  const { t } = useTranslation("agents");
  const [, navigate] = useLocation();
  const columns = useColumns();
  const runs = useLiveRuns({ agent, limit });
  if (runs.failure !== null) return <ErrorPanel failure={runs.failure} onRetry={runs.refetch} />;
  if (runs.data?.runs.length === 0) {
    return (
      <EmptyState
        icon={<IconPlayerPlay size={32} stroke={1.3} />}
        title={t("runs.emptyTitle")}
        hint={t("runs.emptyHint")}
      />
    );
  }
  return (
    <DataTable
      label={t("runs.label", { agent })}
      columns={columns}
      rows={runs.data?.runs ?? []}
      rowKey={(run) => run.id}
      isFitting
      onOpen={(run) => navigate(paths.run(run.id))}
    />
  );
}
