import type { RunId } from "#contract/ids.ts";
import type { LogLine } from "#contract/log.ts";
import type { LineFeed, LogSource, ViewLine } from "./log-source.ts";

/** Rows a follower of the end gets at once: more than any window shows. */
const TAIL_LINES = 300;

/** Every line of one run, in order. What flies by while the end is followed is read when somebody looks there. */
export function createRunFeed(source: Pick<LogSource, "page" | "follow">): LineFeed {
  return {
    async page(request) {
      const page = await source.page({ hasDetails: true, ...request });
      return { ...page, lines: page.lines.map(rowOf) };
    },
    follow: (request, observer) =>
      source.follow(
        { ...request, mostLines: TAIL_LINES, hasDetails: true },
        { ...observer, onBatch: (batch) => observer.onBatch({ ...batch, lines: batch.lines.map(rowOf) }) },
      ),
  };
}

function rowOf(line: LogLine): ViewLine {
  return line.gap?.lines === undefined ? line : { ...line, folded: line.gap.lines };
}

/** Number of the line that was the first to arrive at `atMs` or later; the last one when none did. */
export async function lineAtTime(
  source: Pick<LogSource, "page">,
  runId: RunId,
  atMs: number,
): Promise<number> {
  const { lines, lineCount } = await source.page({ runId, atMs, limit: 1 });
  return lines[0]?.number ?? lineCount;
}
