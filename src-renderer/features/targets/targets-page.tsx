import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Engine } from "#contract/engine.ts";
import { LIVE_STATES, type Run } from "#contract/run.ts";
import type { Target } from "#contract/target.ts";
import { useLiveEngines, useLiveRuns, useLiveTargets } from "../../rpc/index.ts";
import { type Column, DataTable, ErrorPanel, Page, PageHeader, RelativeTime } from "../../ui/index.ts";
import { paths, RECENT_RUNS } from "../../workbench/index.ts";
import { EngineBadge, NoEngine, useEngineSummary } from "../engines/index.tsx";
import { TargetState, useTargetName } from "./target-state.tsx";
import classes from "./targets.module.css";

function useColumns(runs: readonly Run[], engines: readonly Engine[]): readonly Column<Target>[] {
  const { t } = useTranslation("targets");
  const nameOf = useTargetName();
  const summaryOf = useEngineSummary();
  const engineOf = useCallback((target: Target) => engines.find(({ id }) => id === target.id), [engines]);
  return useMemo(
    () => [
      {
        key: "name",
        header: t("list.name"),
        width: "minmax(160px, 2fr)",
        sortValue: (target) => target.name,
        render: (target) => <strong>{nameOf(target)}</strong>,
      },
      {
        key: "state",
        header: t("list.state"),
        width: "minmax(170px, 1fr)",
        render: (target) => {
          const engine = engineOf(target);
          return engine === undefined ? <TargetState target={target} /> : <EngineBadge engine={engine} />;
        },
      },
      {
        key: "system",
        header: t("list.system"),
        width: "minmax(160px, 3fr)",
        render: (target) => {
          const engine = engineOf(target);
          const system = target.probe?.facts.find((fact) => fact.key === "system")?.value ?? "–";
          return <span>{engine === undefined ? system : summaryOf(engine)}</span>;
        },
      },
      {
        key: "live",
        header: t("list.live"),
        width: "minmax(96px, 156px)",
        align: "end",
        render: (target) => <span>{runs.filter((run) => run.target === target.id).length}</span>,
      },
      {
        key: "looked",
        header: t("list.looked"),
        width: "128px",
        render: (target) => (
          <RelativeTime atMs={engineOf(target)?.answeredAtMs ?? target.probe?.atMs ?? null} />
        ),
      },
    ],
    [t, nameOf, summaryOf, engineOf, runs],
  );
}

const NO_ENGINES: readonly Engine[] = [];

export function TargetsPage() {
  const { t } = useTranslation("targets");
  const [, navigate] = useLocation();
  const targets = useLiveTargets();
  const runs = useLiveRuns({ states: LIVE_STATES, limit: RECENT_RUNS }).data?.runs ?? [];
  const engines = useLiveEngines().data;
  const columns = useColumns(runs, engines ?? NO_ENGINES);
  return (
    <Page header={<PageHeader title={t("list.title")} note={t("list.note")} />} isFilling>
      {targets.failure !== null && <ErrorPanel failure={targets.failure} onRetry={targets.refetch} />}
      {targets.data !== undefined && (
        <DataTable
          label={t("list.label")}
          columns={columns}
          rows={targets.data}
          rowKey={(target) => target.id}
          isFitting
          onOpen={({ id, kind }) => navigate(kind === "container" ? paths.engine(id) : paths.target(id))}
        />
      )}
      {engines?.length === 0 && (
        <div className={classes.noEngine}>
          <NoEngine />
        </div>
      )}
    </Page>
  );
}
