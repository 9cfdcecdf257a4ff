import { Button, Checkbox, Select } from "@mantine/core";
import { IconLogs, IconPlayerPlay, IconPlayerStop, IconRefresh, IconTrash } from "@tabler/icons-react";
import { type KeyboardEvent, type UIEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useSearchParams } from "wouter";
import { RUNS_PER_REQUEST_LIMIT } from "#contract/log.ts";
import { isFinal, RUN_STATES, type Run } from "#contract/run.ts";
import { useLiveAgents, useLiveTargets } from "../../rpc/index.ts";
import {
  type Column,
  DataTable,
  Duration,
  EmptyState,
  ErrorPanel,
  Mono,
  onceClicked,
  Page,
  PageHeader,
  parts,
  RelativeTime,
  ResetButton,
  SearchField,
  StateBadge,
  StateFilter,
  useFormat,
} from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";
import { PinnedMark, usePinnedLogs } from "./pinned-logs.tsx";
import { canStop, useManyRunsActions } from "./run-actions.ts";
import { isChosen, NO_CHOICE, type RunChoice, readChoice, toRunFilter, writeChoice } from "./run-filter.ts";
import { Reason, shortRunId, TargetName } from "./run-words.tsx";
import css from "./runs.module.css";
import { type RunList, useRunList } from "./use-run-list.ts";

/** How near to the end of the table older runs are asked for. */
const NEAR_END_PX = 600;

export function RunsPage() {
  const { t } = useTranslation("runs");
  const format = useFormat();
  const [params, setParams] = useSearchParams();
  const [, navigate] = useLocation();
  const choice = readChoice(params);
  const choose = (change: Partial<RunChoice>) =>
    setParams((current) => writeChoice(current, { ...readChoice(current), ...change }), { replace: true });
  const list = useRunList(toRunFilter(choice));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const many = useManyRunsActions(list.forget);
  const chosen = list.runs.filter((run) => selected.has(run.id));
  const columns = useColumns();

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    const acts: Readonly<Record<string, (runs: readonly Run[]) => void>> = {
      s: many.stop,
      r: many.startAgain,
      Delete: many.remove,
    };
    const act = acts[event.key];
    const runs = chosen.length > 0 ? chosen : focusedRuns(event, list.runs);
    if (act === undefined || runs.length === 0) return;
    event.preventDefault();
    act(runs);
  }

  return (
    <Page
      isFilling
      header={
        <PageHeader
          title={t("title")}
          note={list.isPending ? "" : t("total", { count: list.total, shown: format.number(list.total) })}
        />
      }
    >
      <div className={parts["filters"]}>
        <Filters choice={choice} onChoose={choose} />
      </div>
      {chosen.length > 0 && (
        <SelectionBar
          runs={chosen}
          onStop={() => many.stop(chosen)}
          onStartAgain={() => many.startAgain(chosen)}
          onRemove={() => many.remove(chosen)}
          onClear={() => setSelected(new Set())}
        />
      )}
      {list.failure !== null && <ErrorPanel isInline failure={list.failure} onRetry={list.refetch} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the table inside, which takes the focus */}
      <div
        className={parts["tableArea"]}
        onKeyDown={onKeyDown}
        onScrollCapture={(event) => askNearEnd(event, list)}
      >
        {!list.isPending && (
          <DataTable
            label={t("title")}
            columns={columns}
            rows={list.runs}
            rowKey={(run) => run.id}
            rowName={(run) => `${run.agent} ${shortRunId(run.id)}`}
            onOpen={(run) => navigate(paths.run(run.id))}
            selection={{ keys: selected, onChange: setSelected }}
            empty={<NoRuns isFiltered={isChosen(choice)} onReset={() => choose(NO_CHOICE)} />}
          />
        )}
      </div>
    </Page>
  );
}

function askNearEnd({ target }: UIEvent, list: RunList): void {
  if (!(target instanceof HTMLElement)) return;
  if (target.scrollHeight - target.scrollTop - target.clientHeight < NEAR_END_PX) list.more();
}

/** The run of the row that has the focus. */
function focusedRuns(event: KeyboardEvent, runs: readonly Run[]): readonly Run[] {
  const row = event.target instanceof Element ? event.target.closest("[data-index]") : null;
  const key = row?.getAttribute("data-key");
  return runs.filter((run) => run.id === key);
}

function useColumns(): readonly Column<Run>[] {
  const { t } = useTranslation("runs");
  const pinned = usePinnedLogs();
  return useMemo(
    () => [
      {
        key: "state",
        header: t("column.state"),
        width: "160px",
        sortValue: (run) => RUN_STATES.indexOf(run.state),
        render: (run) => <StateBadge state={run.state} />,
      },
      {
        key: "agent",
        header: t("column.agent"),
        width: "minmax(140px, 1.2fr)",
        sortValue: (run) => run.agent,
        render: (run) => <span className={css["agent"]}>{run.agent}</span>,
      },
      {
        key: "reason",
        header: t("column.reason"),
        width: "minmax(180px, 4fr)",
        render: (run) => <Reason reason={run.reason} />,
      },
      {
        key: "target",
        header: t("column.target"),
        width: "minmax(140px, 1fr)",
        render: (run) => <TargetName target={run.target} />,
      },
      {
        key: "started",
        header: t("column.started"),
        width: "124px",
        beginsDescending: true,
        sortValue: (run) => run.createdAtMs,
        render: (run) => <RelativeTime atMs={run.createdAtMs} />,
      },
      {
        key: "duration",
        header: t("column.duration"),
        width: "104px",
        beginsDescending: true,
        sortValue: durationOf,
        align: "end",
        render: (run) => (
          <Duration fromMs={run.startedAtMs} toMs={isFinal(run.state) ? run.endedAtMs : null} />
        ),
      },
      {
        key: "id",
        header: t("column.id"),
        width: "104px",
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

/** Of runs that go on, nobody knows it yet; they stand last. */
function durationOf(run: Run): number | null {
  return run.startedAtMs === null || run.endedAtMs === null ? null : run.endedAtMs - run.startedAtMs;
}

interface FiltersProps {
  readonly choice: RunChoice;
  readonly onChoose: (change: Partial<RunChoice>) => void;
}

const TYPING_PAUSE_MS = 200;

function Filters({ choice, onChoose }: FiltersProps) {
  const { t } = useTranslation("runs");
  const { t: common } = useTranslation();
  const agents = useLiveAgents().data ?? [];
  const targets = useLiveTargets().data ?? [];
  return (
    <>
      <SearchField
        className={css["search"]}
        label={t("filter.search")}
        value={choice.search}
        pauseMs={TYPING_PAUSE_MS}
        onSearch={(search) => onChoose({ search })}
      />
      <StateFilter
        states={RUN_STATES}
        nameOf={(state) => common(`state.${state}`)}
        chosen={choice.states}
        label={t("filter.states")}
        anyLabel={t("filter.anyState")}
        onChoose={(states) => onChoose({ states })}
      />
      <Select
        className={css["select"]}
        size="xs"
        aria-label={t("filter.agent")}
        placeholder={t("filter.anyAgent")}
        data={withChosen(
          agents.map((agent) => agent.name),
          choice.agent,
        )}
        value={choice.agent}
        onChange={(agent) => onChoose({ agent })}
        searchable
        clearable
        allowDeselect
      />
      <Select
        className={css["select"]}
        size="xs"
        aria-label={t("filter.target")}
        placeholder={t("filter.anyTarget")}
        data={targets.map((target) => ({
          value: target.id,
          label: target.id === "this-computer" ? t("thisComputer") : target.name,
        }))}
        value={choice.target}
        onChange={(target) => onChoose({ target })}
        clearable
        allowDeselect
      />
      <Checkbox
        className={css["pinnedFilter"]}
        size="xs"
        label={t("filter.pinned")}
        checked={choice.isPinned}
        onChange={(event) => onChoose({ isPinned: event.currentTarget.checked })}
      />
      {isChosen(choice) && <ResetButton label={t("filter.reset")} onClick={() => onChoose(NO_CHOICE)} />}
    </>
  );
}

/** An agent that was removed still has runs, and an address may still name it. */
function withChosen(names: readonly string[], chosen: string | null): string[] {
  return chosen === null || names.includes(chosen) ? [...names] : [...names, chosen];
}

interface SelectionBarProps {
  readonly runs: readonly Run[];
  readonly onStop: () => void;
  readonly onStartAgain: () => void;
  readonly onRemove: () => void;
  readonly onClear: () => void;
}

function SelectionBar({ runs, onStop, onStartAgain, onRemove, onClear }: SelectionBarProps) {
  const { t } = useTranslation("runs");
  const { t: common } = useTranslation();
  const stoppable = runs.filter(canStop).length;
  const finished = runs.filter((run) => isFinal(run.state)).length;
  return (
    <div className={parts["selection"]} role="toolbar" aria-label={t("selection")}>
      <strong>{common("table.selected", { count: runs.length })}</strong>
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={14} />}
        disabled={stoppable === 0}
        onClick={onStop}
      >
        {t("act.stop")}
      </Button>
      <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={onceClicked(onStartAgain)}>
        {t("act.startAgain")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconTrash size={14} />}
        disabled={finished === 0}
        onClick={onRemove}
      >
        {t("act.removeFinished")}
      </Button>
      <Button
        component={Link}
        to={paths.mergedLogs(runs.slice(0, RUNS_PER_REQUEST_LIMIT).map(({ id }) => id))}
        variant="default"
        leftSection={<IconLogs size={14} />}
      >
        {t("act.mergedLog")}
      </Button>
      <Button variant="subtle" color="gray" onClick={onClear}>
        {t("act.clearSelection")}
      </Button>
    </div>
  );
}

function NoRuns({ isFiltered, onReset }: { readonly isFiltered: boolean; readonly onReset: () => void }) {
  const { t } = useTranslation("runs");
  const [, navigate] = useLocation();
  if (isFiltered) {
    return (
      <EmptyState title={t("noMatch.title")} hint={t("noMatch.hint")}>
        <Button onClick={onReset}>{t("filter.reset")}</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconPlayerPlay size={32} stroke={1.5} />}
      title={t("none.title")}
      hint={t("none.hint")}
    >
      <Button onClick={() => navigate(paths.agents)}>{t("none.toAgents")}</Button>
    </EmptyState>
  );
}
