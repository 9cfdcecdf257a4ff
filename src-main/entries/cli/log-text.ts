import type { RunId } from "#contract/ids.ts";
import {
  type FindProgress,
  isGapGoingOn,
  type LogBatch,
  type LogLine,
  type MergedBatch,
  type MergedLine,
  type MergedPlace,
  RUNS_PER_REQUEST_LIMIT,
} from "#contract/log.ts";
import { visibleText } from "#core/visible-text.ts";
import type { CoreLink } from "./core-link.ts";
import type { LineWish } from "./log-wish.ts";
import { isoOf } from "./run-text.ts";

/** A log line as programs get it; `gap` only in a line that the run never printed. */
export function lineDocument(line: LogLine) {
  return {
    number: line.number,
    stream: line.stream,
    at: isoOf(line.atMs),
    text: line.text,
    isCut: line.isCut,
    ...(line.gap === undefined ? {} : { gap: line.gap }),
  };
}

const CUT = " … [Pilothouse: the rest of this long line is in the bytes that --raw writes]";

/** A line for people; its colours are the terminal's business, and nothing else in it acts. */
export function lineText(line: LogLine): string {
  return visibleText(line.text, "kept") + (line.isCut ? CUT : "");
}

/** The lines of a run from the first one, as they come, until its log is complete. */
export async function* followLines(link: CoreLink, runId: RunId): AsyncGenerator<LogLine> {
  const batches = link.stream<{ data: LogBatch }>((client, on) =>
    client.logs.follow.subscribe({ runId, afterLine: 0, hasDetails: true }, on),
  );
  for await (const { data } of batches) {
    yield* shown(data.lines);
    if (data.isEnd) return;
  }
}

/** Damage is told once, however many lines it took. */
function shown(lines: readonly LogLine[]): readonly LogLine[] {
  return lines.filter((line) => !isGapGoingOn(line));
}

function shownOfMany(lines: readonly MergedLine[]): readonly MergedLine[] {
  return lines.filter(({ line }) => !isGapGoingOn(line));
}

const PAGE_LINES = 1_000;

/** The lines that are stored now, from one on. */
export async function* storedLines(link: CoreLink, runId: RunId, first = 1): AsyncGenerator<LogLine> {
  let from = first;
  for (;;) {
    const { lines, lineCount } = await link.ask((client) =>
      client.logs.page.query({ runId, from, limit: PAGE_LINES, hasDetails: true }),
    );
    yield* shown(lines);
    from += lines.length;
    if (lines.length === 0 || from > lineCount) return;
  }
}

/** Hits that the core hands over at once; what lies behind them is read page by page. */
const HITS_LIMIT = 100_000;

/** The stored lines of a run that fit. */
export async function* foundLines(link: CoreLink, runId: RunId, wish: LineWish): AsyncGenerator<LogLine> {
  let count = 0;
  let last = 0;
  for await (const { hits, count: all, isEnd } of searchNews(link, runId, wish)) {
    for (const { line } of hits) {
      // After a core went away the next one searches from the beginning.
      if (line === undefined || line.number <= last) continue;
      count += 1;
      last = line.number;
      yield line;
    }
    if (isEnd && all <= count) return;
    if (isEnd) break;
  }
  for await (const line of storedLines(link, runId, last + 1)) if (wish.fits(line)) yield line;
}

function searchNews(link: CoreLink, runId: RunId, wish: LineWish): AsyncIterable<FindProgress> {
  const { levels, ...find } = wish.find;
  const request = {
    ...find,
    ...(levels === undefined ? {} : { levels: [...levels] }),
    runIds: [runId],
    isCaseSensitive: true,
    hasLines: true,
    limit: HITS_LIMIT,
  };
  return link.stream<FindProgress>((client, on) => client.logs.find.subscribe(request, on));
}

/** The stored lines of several runs in the order of their arrival. */
export async function* mergedLines(link: CoreLink, runIds: readonly RunId[]): AsyncGenerator<MergedLine> {
  let place: MergedPlace = {};
  for (;;) {
    const page = await link.ask((client) =>
      client.logs.mergedPage.query({
        runIds: runIds.slice(0, RUNS_PER_REQUEST_LIMIT),
        place,
        limit: PAGE_LINES,
        hasDetails: true,
      }),
    );
    yield* shownOfMany(page.lines);
    place = page.end;
    if (page.lines.length === 0) return;
  }
}

/** The lines of several runs as they come, until all have ended. */
export async function* followMerged(link: CoreLink, runIds: readonly RunId[]): AsyncGenerator<MergedLine> {
  // As if nothing of any of them had been read yet.
  const lastEventId = runIds.map((runId) => `${runId}=0`).join(",");
  const batches = link.stream<{ data: MergedBatch }>((client, on) =>
    client.logs.followMany.subscribe({ runIds: [...runIds], lastEventId, hasDetails: true }, on),
  );
  for await (const { data } of batches) {
    yield* shownOfMany(data.lines);
    if (data.isEnd) return;
  }
}

/** The stored bytes of both streams in order of arrival. */
export async function* rawBytes(
  link: CoreLink,
  runId: RunId,
  isFollowing: boolean,
): AsyncGenerator<Uint8Array> {
  const pieces = link.stream<{ data: string }>((client, on) =>
    client.logs.raw.subscribe({ runId, isFollowing }, on),
  );
  for await (const { data } of pieces) yield Buffer.from(data, "base64");
}
