import { useCallback, useRef } from "react";
import type { LogPlace } from "./log-place.ts";
import type { LogSource, ViewLine } from "./log-source.ts";
import { type LongLine, readOn } from "./long-lines.ts";
import { usePlaceState } from "./use-log-place.ts";

/** Long lines of which more is remembered; the others begin anew. */
const HELD = 4;
const NO_LINES: ReadonlyMap<number, LongLine> = new Map();

export interface LongLines {
  readonly of: (row: number) => LongLine | undefined;
  readonly more: (line: ViewLine) => void;
}

/** What was read of very long lines beyond their beginnings, a step at a time. */
export function useLongLines(
  source: LogSource,
  place: LogPlace,
  onFailed: (error: unknown) => void,
): LongLines {
  const [lines, setLines] = usePlaceState(place, NO_LINES);
  const latest = useRef({ lines, onFailed });
  latest.current = { lines, onFailed };

  const { runId } = place;

  const more = useCallback(
    (line: ViewLine) => {
      const row = line.number;
      const known = latest.current.lines.get(row);
      if (known?.isReading === true || known?.nextByte === null) return;
      const put = (next: LongLine) => setLines((current) => held(new Map(current).set(row, next)));
      const start = known ?? { text: line.text, nextByte: 0, sizeBytes: 0, isReading: false };
      put({ ...start, isReading: true });
      readOn(source, line.origin ?? { runId, number: row }, known).then(put, (error: unknown) => {
        put(start);
        latest.current.onFailed(error);
      });
    },
    [source, runId, setLines],
  );
  const of = useCallback((row: number) => lines.get(row), [lines]);
  return { of, more };
}

function held(lines: Map<number, LongLine>): Map<number, LongLine> {
  const oldest = lines.size > HELD ? lines.keys().next().value : undefined;
  if (oldest !== undefined) lines.delete(oldest);
  return lines;
}
