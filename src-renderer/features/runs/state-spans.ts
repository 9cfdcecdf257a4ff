import type { RunState, TimelineEntry } from "#contract/run.ts";

/** A stretch of time in one state. */
export interface StateSpan {
  readonly state: RunState;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The states of a run one after the other, until `endMs`. A final state has no length and is left out. */
export function stateSpans(entries: readonly TimelineEntry[], endMs: number): readonly StateSpan[] {
  const spans: StateSpan[] = [];
  for (const entry of entries) {
    if (entry.kind !== "state" || entry.state === null) continue;
    const last = spans.at(-1);
    if (last?.state === entry.state) continue;
    // A clock that was set back must not turn the axis around.
    const fromMs = Math.max(entry.atMs, last?.fromMs ?? entry.atMs);
    if (last !== undefined) spans[spans.length - 1] = { ...last, toMs: fromMs };
    spans.push({ state: entry.state, fromMs, toMs: Math.max(fromMs, endMs) });
  }
  return spans.filter((span) => span.toMs > span.fromMs);
}
