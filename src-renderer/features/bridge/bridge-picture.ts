import type { SampleAgent } from "#contract/agent.ts";
import { isFinal, type Run } from "#contract/run.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;
const SHOWN_RESULTS = 12;

/** What the bridge shows of the runs. */
export interface BridgePicture {
  /** Oldest first, so that a row keeps its place while others come. */
  readonly live: readonly Run[];
  /** Ended last stands first. */
  readonly results: readonly Run[];
  readonly failedToday: number;
  readonly succeededToday: number;
}

export function bridgePicture(runs: readonly Run[], nowMs: number): BridgePicture {
  const ended = runs.filter((run) => isFinal(run.state));
  const today = ended.filter((run) => endOf(run) > nowMs - DAY_MS);
  return {
    live: runs.filter((run) => !isFinal(run.state)).sort((a, b) => (a.id < b.id ? -1 : 1)),
    results: ended.toSorted((a, b) => endOf(b) - endOf(a)).slice(0, SHOWN_RESULTS),
    failedToday: today.filter((run) => run.state === "failed" || run.state === "lost").length,
    succeededToday: today.filter((run) => run.state === "succeeded").length,
  };
}

/** A run that never ran has no end but its beginning. */
function endOf(run: Run): number {
  return run.endedAtMs ?? run.createdAtMs;
}

const FIRST_SAMPLE = "word-count";

/** The sample that a newcomer sees first: one that ends by itself, if there is one. */
export function firstSample(samples: readonly SampleAgent[]): SampleAgent | undefined {
  return (
    samples.find(({ name }) => name === FIRST_SAMPLE) ??
    samples.find((sample) => sample.class !== "service") ??
    samples[0]
  );
}
