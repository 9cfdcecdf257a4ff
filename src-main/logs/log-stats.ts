import type { LogStats } from "#contract/log.ts";
import { encodingOf } from "#core/log-encoding.ts";
import { levelsOf } from "#core/log-line/level-word.ts";
import { EVERY_LEVEL } from "./block-ref.ts";
import type { LogMarks } from "./log-records.ts";
import type { LogState } from "./log-state.ts";

/** What is stored of a log, as far as its index knows. */
export function statsOf(state: LogState, marks: LogMarks): LogStats {
  const { runId, blocks, lineCount, payloadBytes, isSealed } = state;
  let levels = 0;
  let storedBytes = 0;
  let gapCount = 0;
  let firstAtMs = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    if (block.levels !== EVERY_LEVEL) levels |= block.levels;
    storedBytes += block.end - block.offset;
    gapCount += block.gapCount;
    firstAtMs = Math.min(firstAtMs, block.firstAtMs);
  }
  return {
    runId,
    lineCount,
    sizeBytes: payloadBytes,
    storedBytes,
    firstAtMs: blocks.length === 0 ? null : firstAtMs,
    lastAtMs: blocks.at(-1)?.reachedMs ?? null,
    isEnd: isSealed,
    isPinned: marks.isPinned,
    encoding: marks.encoding ?? encodingOf(state.found),
    levels: levelsOf(levels),
    gapCount,
  };
}
