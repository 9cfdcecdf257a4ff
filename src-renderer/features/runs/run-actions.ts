import { useTranslation } from "react-i18next";
import type { RunId } from "#contract/ids.ts";
import { isFinal, type Run } from "#contract/run.ts";
import { type Failure, toFailure, useCommand, useLiveAgents, useRpc } from "../../rpc/index.ts";
import { canStart, showDone, showFailure, useAllowFirst, useAskFirst } from "../../workbench/index.ts";

export function canStop(run: Run): boolean {
  return !isFinal(run.state) && run.state !== "stopping";
}

/** Force is for what is already being stopped, too: the soft stop may never end. */
export function canForce(run: Run): boolean {
  return !isFinal(run.state);
}

export interface RunActions {
  readonly stop: () => void;
  readonly forceStop: () => void;
  readonly startAgain: () => void;
  /** False while the agent is gone or its manifest has faults. */
  readonly canStartAgain: boolean;
  readonly remove: () => void;
  readonly isStopping: boolean;
  readonly isStarting: boolean;
  readonly isRemoving: boolean;
  /** Of the last act that was refused. */
  readonly failure: Failure | null;
}

interface RunActionsOptions {
  readonly onStarted?: (run: Run) => void;
  readonly onRemoved?: () => void;
}

/** What a person can do with one run. Deleting asks first, because it cannot be undone. */
export function useRunActions(run: Run, { onStarted, onRemoved }: RunActionsOptions = {}): RunActions {
  const { t } = useTranslation("runs");
  const { runs } = useRpc();
  const ask = useAskFirst();
  const allowFirst = useAllowFirst();
  const agents = useLiveAgents().data;
  const stop = useCommand((isForced: boolean) => runs.stop.mutate({ runId: run.id, isForced }));
  const again = useCommand(
    (runId: RunId) => allowFirst(run.agent, () => runs.startAgain.mutate({ runId })),
    onStarted === undefined ? {} : { onDone: onStarted },
  );
  const remove = useCommand(
    (runId: RunId) => runs.remove.mutate({ runId }),
    onRemoved === undefined ? {} : { onDone: onRemoved },
  );
  return {
    stop: () => stop.run(false),
    forceStop: () =>
      ask({
        title: t("force.title"),
        text: t("force.text", { agent: run.agent }),
        confirm: t("force.confirm"),
        onConfirm: () => stop.run(true),
      }),
    startAgain: () => again.run(run.id),
    // As long as nobody knows the agents, the core decides.
    canStartAgain:
      agents === undefined || agents.some((agent) => agent.name === run.agent && canStart(agent)),
    remove: () =>
      ask({
        title: t("remove.title", { count: 1 }),
        text: t("remove.text"),
        confirm: t("remove.confirm"),
        onConfirm: () => remove.run(run.id),
      }),
    isStopping: stop.isBusy || run.state === "stopping",
    isStarting: again.isBusy,
    isRemoving: remove.isBusy,
    failure: stop.failure ?? again.failure ?? remove.failure,
  };
}

export interface ManyRunsActions {
  readonly stop: (runs: readonly Run[]) => void;
  readonly startAgain: (runs: readonly Run[]) => void;
  /** Finished ones only; asks once for all. */
  readonly remove: (runs: readonly Run[]) => void;
}

/** The same acts for many. Each is done on its own, so that one that is refused does not hold up the rest. */
export function useManyRunsActions(onRemoved: (ids: ReadonlySet<RunId>) => void): ManyRunsActions {
  const { t } = useTranslation("runs");
  const rpc = useRpc();
  const ask = useAskFirst();
  const allowFirst = useAllowFirst();

  async function each(runs: readonly Run[], act: (run: Run) => Promise<unknown>): Promise<readonly Run[]> {
    const results = await Promise.allSettled(runs.map(act));
    const refused = results.find((result) => result.status === "rejected");
    if (refused !== undefined) showFailure(toFailure(refused.reason));
    return runs.filter((_run, index) => results[index]?.status === "fulfilled");
  }
  async function stopAll(runs: readonly Run[]): Promise<void> {
    const done = await each(runs, (run) => rpc.runs.stop.mutate({ runId: run.id }));
    if (done.length > 0) showDone(t("done.stopping", { count: done.length }));
  }
  /** Asks once per agent, one question after the other; a no keeps that agent's runs and starts the others. */
  async function startAll(runs: readonly Run[]): Promise<void> {
    let count = 0;
    for (const [agent, own] of Map.groupBy(runs, (run) => run.agent)) {
      const again = (run: Run) => rpc.runs.startAgain.mutate({ runId: run.id });
      try {
        count += (await allowFirst(agent, () => each(own, again))).length;
      } catch (error) {
        showFailure(toFailure(error));
      }
    }
    if (count > 0) showDone(t("done.started", { count }));
  }
  async function removeAll(runs: readonly Run[]): Promise<void> {
    const done = await each(runs, (run) => rpc.runs.remove.mutate({ runId: run.id }));
    onRemoved(new Set(done.map((run) => run.id)));
    if (done.length > 0) showDone(t("done.removed", { count: done.length }));
  }

  return {
    stop: (runs) => void stopAll(runs.filter(canStop)),
    startAgain: (runs) => void startAll(runs),
    remove(runs) {
      const finished = runs.filter((run) => isFinal(run.state));
      if (finished.length === 0) return;
      ask({
        title: t("remove.title", { count: finished.length }),
        text: t("remove.text"),
        confirm: t("remove.confirm"),
        onConfirm: () => void removeAll(finished),
      });
    },
  };
}
