import { type RunId, runIdSchema } from "#contract/ids.ts";
import type { FindProgress, HitSpan, LogLine } from "#contract/log.ts";
import type { LogSource, StreamObserver } from "#renderer/log-view/log-source.ts";

export const LINES_RUN: RunId = runIdSchema.parse("01jd0000000000aa");
/** Lines of one span of this source. */
const SPAN_LINES = 10;

export interface LinesSource extends Pick<LogSource, "page" | "follow" | "find" | "stretch" | "raw"> {
  /** Texts of the lines; more may be pushed, then `tell` says so. */
  readonly texts: string[];
  /** Tells followers how many lines there are. */
  tell(isEnd?: boolean): void;
  /** Searches that were asked for: their first and last lines. */
  readonly searched: (readonly [number, number])[];
  readonly openStreams: () => number;
}

/** A log of lines in memory as a view reads it. Line n arrived at n. */
export function createLinesSource(texts: string[]): LinesSource {
  const searched: (readonly [number, number])[] = [];
  const followers = new Set<(isEnd: boolean) => void>();
  let streams = 0;
  const lineOf = (number: number): LogLine => ({
    number,
    stream: "stdout",
    atMs: number,
    text: texts[number - 1] ?? "",
    isCut: false,
  });
  const opened = (act: (isOpen: () => boolean) => void) => {
    let isOpen = true;
    streams += 1;
    act(() => isOpen);
    return () => {
      if (isOpen) streams -= 1;
      isOpen = false;
    };
  };
  return {
    texts,
    searched,
    openStreams: () => streams,
    tell(isEnd = false) {
      for (const follower of followers) follower(isEnd);
    },
    async page({ from = 1, limit, atMs }) {
      const start = atMs ?? from;
      const last = Math.min(texts.length, start + limit - 1);
      const lines = Array.from({ length: Math.max(0, last - start + 1) }, (_, index) =>
        lineOf(start + index),
      );
      return { lines, lineCount: texts.length, sizeBytes: 0, isEnd: false };
    },
    follow(_request, observer) {
      const tell = (isEnd: boolean) =>
        observer.onBatch({ lines: [], partials: [], lineCount: texts.length, isEnd });
      followers.add(tell);
      tell(false);
      return () => followers.delete(tell);
    },
    find({ text = "", fromLine = 1, toLine = texts.length, limit = 10_000, hasLines = false }, observer) {
      searched.push([fromLine, toLine]);
      const all = Array.from({ length: Math.max(0, toLine - fromLine + 1) }, (_, index) =>
        lineOf(fromLine + index),
      );
      const fitting = all.filter((line) => line.text.includes(text));
      const hits = fitting.slice(0, limit).map((line) => ({
        runId: LINES_RUN,
        number: line.number,
        atMs: line.atMs,
        ...(hasLines ? { line } : {}),
      }));
      const figures = { count: fitting.length, searchedBytes: 9, totalBytes: 9, isEnd: true };
      return opened((isOpen) =>
        deliver(observer, { hits, spans: spansOf(fitting, fromLine, toLine), ...figures }, isOpen),
      );
    },
    async stretch({ number, fromByte }) {
      const bytes = new TextEncoder().encode(texts[number - 1]);
      const end = Math.min(bytes.length, fromByte + 4);
      const text = new TextDecoder().decode(bytes.subarray(fromByte, end));
      return { text, nextByte: end === bytes.length ? null : end, sizeBytes: bytes.length };
    },
    raw(_runId, observer) {
      return opened((isOpen) =>
        queueMicrotask(() => {
          for (const text of texts) if (isOpen()) observer.onData(btoa(`${text}\n`));
          if (isOpen()) observer.onDone?.();
        }),
      );
    },
  };
}

function deliver(observer: StreamObserver<FindProgress>, news: FindProgress, isOpen: () => boolean): void {
  queueMicrotask(() => {
    if (isOpen()) observer.onData(news);
  });
}

function spansOf(lines: readonly LogLine[], first: number, last: number): HitSpan[] {
  const spans = new Map<number, HitSpan>();
  for (const { number } of lines) {
    const from = Math.floor((number - 1) / SPAN_LINES) * SPAN_LINES + 1;
    const count = (spans.get(from)?.count ?? 0) + 1;
    const own = { from: Math.max(first, from), to: Math.min(last, from + SPAN_LINES - 1) };
    spans.set(from, { runId: LINES_RUN, ...own, count });
  }
  return [...spans.values()];
}

/** Lets everything that was promised happen. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
