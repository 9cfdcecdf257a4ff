import { IconEye, IconFilter, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { type RunId, runIdSchema } from "#contract/ids.ts";
import type { Run } from "#contract/run.ts";
import { LogView } from "../../log-view/index.ts";
import { toFailure, useLiveRuns, useRpc, useRunSummaries } from "../../rpc/index.ts";
import { TimeChart } from "../../ui/charts/index.ts";
import { lazyPart } from "../../ui/index.ts";
import {
  type Action,
  type Feature,
  paths,
  RECENT_RUNS,
  showDone,
  showFailure,
  useAllowFirst,
} from "../../workbench/index.ts";
import { NoSuchRun } from "./no-such-run.tsx";
import { canStop } from "./run-actions.ts";
import { shortRunId } from "./run-words.tsx";

const RunPage = lazyPart<{ readonly id: RunId }>(async () => (await import("./run-page.tsx")).RunPage);
const RunsPage = lazyPart<object>(async () => (await import("./runs-page.tsx")).RunsPage);

export const runsFeature: Feature = {
  id: "runs",
  place: "runs",
  parts: [RunsPage, RunPage, LogView, TimeChart],
  routes: [
    { pattern: "/runs", render: () => <RunsPage /> },
    {
      pattern: "/runs/:id",
      render({ id }) {
        const parsed = runIdSchema.safeParse(id);
        return parsed.success ? <RunPage key={parsed.data} id={parsed.data} /> : <NoSuchRun />;
      },
      crumb: ({ id }) => (id ?? "").slice(-8),
    },
  ],
};

/** Commands of the palette: what can be done to runs from anywhere. */
export function useRunCommands(): readonly Action[] {
  const { t } = useTranslation("runs");
  const { t: common } = useTranslation();
  const { runs: calls } = useRpc();
  const [, navigate] = useLocation();
  const allowFirst = useAllowFirst();
  const runs = useLiveRuns({ limit: RECENT_RUNS }).data?.runs ?? [];
  const startAgain = ({ id, agent }: Run) => allowFirst(agent, () => calls.startAgain.mutate({ runId: id }));
  const summaries = useRunSummaries().data ?? [];

  async function act(call: Promise<unknown>, done: string): Promise<void> {
    try {
      await call;
      showDone(done);
    } catch (error) {
      showFailure(toFailure(error));
    }
  }
  const filters = (["failed", "running", "needs-attention"] as const).map((state) => ({
    id: `runs.filter:${state}`,
    group: "runs" as const,
    label: t("command.filter", { state: common(`state.${state}`) }),
    icon: <IconFilter size={16} />,
    run: () => navigate(`${paths.runs}?state=${state}`),
  }));
  const stops = runs.filter(canStop).map((run) => ({
    id: `runs.stop:${run.id}`,
    group: "runs" as const,
    label: t("command.stop", { agent: run.agent }),
    icon: <IconPlayerStop size={16} />,
    note: shortRunId(run.id),
    run: () => void act(calls.stop.mutate({ runId: run.id }), t("done.stopping", { count: 1 })),
  }));
  const perAgent = summaries.flatMap(({ latest: run }) => [
    {
      id: `runs.latest:${run.agent}`,
      group: "runs" as const,
      label: t("command.latest", { agent: run.agent }),
      icon: <IconEye size={16} />,
      note: common(`state.${run.state}`),
      run: () => navigate(paths.run(run.id)),
    },
    {
      id: `runs.again:${run.agent}`,
      group: "runs" as const,
      label: t("command.startAgain", { agent: run.agent }),
      icon: <IconRefresh size={16} />,
      note: shortRunId(run.id),
      run: () => void act(startAgain(run), t("done.started", { count: 1 })),
    },
  ]);
  return [...filters, ...stops, ...perAgent];
}
