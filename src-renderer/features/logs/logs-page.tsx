import { Anchor, MultiSelect } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "wouter";
import { type AgentName, agentNameSchema, type RunId, runIdSchema } from "#contract/ids.ts";
import { RUNS_PER_REQUEST_LIMIT } from "#contract/log.ts";
import type { Run } from "#contract/run.ts";
import {
  createMergedPlace,
  createRpcLogSource,
  type FilterChip,
  filterOf,
  LogView,
  putFilter,
} from "../../log-view/index.ts";
import { useLiveAgents, useRpc } from "../../rpc/index.ts";
import { Later, nowMs, Page, PageHeader, StateMark, useFormat } from "../../ui/index.ts";
import { paths, useLogLook } from "../../workbench/index.ts";
import css from "./logs.module.css";
import { type Owners, useChosenRuns, useOwners } from "./use-owners.ts";

/** Stands for "no single run" where a request needs the id of one. */
const NO_RUN: RunId = runIdSchema.parse("0000000000000000");

/** The logs of every live run as their lines come, or of chosen runs by time. */
export function LogsPage() {
  const { t } = useTranslation("log");
  const [params, setParams] = useSearchParams();
  const ids = useMemo(() => runsIn(params), [params]);
  const agents = useMemo(() => agentsIn(params), [params]);
  const runs = useChosenRuns(ids);
  const owners = useOwners(runs);
  const isMerged = ids.length > 0;
  const set = (name: string, values: readonly string[]) =>
    setParams((current) => withAll(current, name, values), { replace: true });
  return (
    <Page
      isFilling
      header={
        <PageHeader
          title={t("logs.title")}
          note={isMerged ? t("logs.merged", { count: ids.length }) : t("logs.live")}
          actions={
            isMerged ? (
              <Anchor component={Link} to={paths.logs}>
                {t("logs.toLive")}
              </Anchor>
            ) : (
              <AgentChoice agents={agents} onChange={(next) => set("agent", next)} />
            )
          }
        />
      }
    >
      <div className={css["page"]}>
        {isMerged && (
          <RunChips
            runs={runs}
            owners={owners}
            onRemove={(id) =>
              set(
                "run",
                ids.filter((each) => each !== id),
              )
            }
          />
        )}
        <Logs key={[...ids, ...agents].join(" ")} ids={ids} agents={agents} owners={owners} />
      </div>
    </Page>
  );
}

interface LogsProps {
  readonly ids: readonly RunId[];
  /** Only these; every one when empty. */
  readonly agents: readonly AgentName[];
  readonly owners: Owners;
}

function Logs({ ids, agents, owners }: LogsProps) {
  const { logs, runs } = useRpc();
  const source = useMemo(() => createRpcLogSource({ logs }), [logs]);
  const [params, setParams] = useSearchParams();
  const { look, change } = useLogLook(null);
  const filter = useMemo(() => filterOf(params), [params]);
  const { agentOf } = owners;
  const originMs = useMemo(nowMs, []);
  const createPlace = useCallback(
    (chips: readonly FilterChip[]) => {
      const [first] = ids;
      if (first !== undefined) return createMergedPlace({ source, standIn: first, runs: ids }, chips);
      const isShown = (agent: AgentName | null) =>
        agents.length === 0 || agent === null || agents.includes(agent);
      const agentsOfRuns = new Map<RunId, AgentName>();
      const live = async () => {
        const summaries = await runs.summaries.query();
        for (const { agent, liveRunIds } of summaries)
          for (const id of liveRunIds) agentsOfRuns.set(id, agent);
        const idsOf = (isWanted: boolean) =>
          summaries.flatMap(({ agent, liveRunIds }) => (isShown(agent) === isWanted ? liveRunIds : []));
        return { wanted: idsOf(true), others: idsOf(false) };
      };
      const isWanted = (runId: RunId) => isShown(agentOf(runId) ?? agentsOfRuns.get(runId) ?? null);
      return createMergedPlace({ source, standIn: NO_RUN, runs: live, isWanted }, chips);
    },
    [ids, agents, source, runs, agentOf],
  );
  return (
    <div className={css["log"]}>
      <Later>
        <LogView
          source={source}
          createPlace={createPlace}
          placeKey="logs"
          originMs={originMs}
          fileName="pilothouse-logs"
          look={look}
          onLook={change}
          filter={filter}
          onFilter={(chips) => setParams((current) => putFilter(current, chips), { replace: true })}
          ownerOf={owners.ownerOf}
        />
      </Later>
    </div>
  );
}

function AgentChoice({
  agents,
  onChange,
}: {
  readonly agents: readonly AgentName[];
  readonly onChange: (agents: readonly string[]) => void;
}) {
  const { t } = useTranslation("log");
  const known = (useLiveAgents().data ?? []).map(({ name }) => name);
  return (
    <MultiSelect
      size="xs"
      className={css["agents"]}
      aria-label={t("logs.agents")}
      placeholder={agents.length === 0 ? t("logs.allAgents") : ""}
      data={[...new Set([...known, ...agents])]}
      value={[...agents]}
      onChange={onChange}
      clearable
      searchable
    />
  );
}

interface RunChipsProps {
  readonly runs: readonly Run[];
  readonly owners: Owners;
  readonly onRemove: (id: RunId) => void;
}

function RunChips({ runs, owners, onRemove }: RunChipsProps) {
  const { t } = useTranslation("log");
  const format = useFormat();
  return (
    <ul className={css["runs"]} aria-label={t("logs.runs")}>
      {runs.map((run) => (
        <li key={run.id} className={css["run"]} data-tone={owners.toneOf(run.agent)}>
          <StateMark state={run.state} />
          <Link href={paths.run(run.id)} className={css["agent"]}>
            {run.agent}
          </Link>
          <span className={css["time"]}>{format.exact(run.startedAtMs ?? run.createdAtMs)}</span>
          <button
            type="button"
            className={css["remove"]}
            aria-label={t("logs.remove", { agent: run.agent })}
            onClick={() => onRemove(run.id)}
          >
            <IconX size={12} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}

function runsIn(params: URLSearchParams): readonly RunId[] {
  const ids = params.getAll("run").flatMap((text) => {
    const id = runIdSchema.safeParse(text);
    return id.success ? [id.data] : [];
  });
  return [...new Set(ids)].slice(0, RUNS_PER_REQUEST_LIMIT);
}

function agentsIn(params: URLSearchParams): readonly AgentName[] {
  return params.getAll("agent").flatMap((text) => {
    const name = agentNameSchema.safeParse(text);
    return name.success ? [name.data] : [];
  });
}

function withAll(params: URLSearchParams, name: string, values: readonly string[]): URLSearchParams {
  const next = new URLSearchParams(params);
  next.delete(name);
  for (const value of values) next.append(name, value);
  return next;
}
