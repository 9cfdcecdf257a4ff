import type { RunId } from "#contract/ids.ts";
import type { LogSource, ViewLine } from "./log-source.ts";

/** What was read of a line that is longer than a page carries. */
export interface LongLine {
  /** From its beginning. */
  readonly text: string;
  /** Where the next stretch begins; null when everything is here. */
  readonly nextByte: number | null;
  readonly sizeBytes: number;
  readonly isReading: boolean;
}

/** What one step adds, so that no step takes the page longer than a blink. */
const STEP_BYTES = 64 * 1024;

/** The line with one more step of its text. */
export async function readOn(
  source: Pick<LogSource, "stretch">,
  origin: { readonly runId: RunId; readonly number: number },
  long: LongLine | undefined,
): Promise<LongLine> {
  const fromByte = long?.nextByte ?? 0;
  const stretch = await source.stretch({ ...origin, fromByte, mostBytes: STEP_BYTES });
  return { ...stretch, text: (long?.text ?? "") + stretch.text, isReading: false };
}

/** All of a line in pieces, however long it is. */
export async function* wholeLine(
  source: Pick<LogSource, "stretch">,
  { line, runId }: { readonly line: ViewLine; readonly runId: RunId },
): AsyncGenerator<string> {
  if (!line.isCut) {
    yield line.text;
    return;
  }
  const origin = line.origin ?? { runId, number: line.number };
  for (let fromByte: number | null = 0; fromByte !== null; ) {
    const stretch: Awaited<ReturnType<LogSource["stretch"]>> = await source.stretch({ ...origin, fromByte });
    yield stretch.text;
    fromByte = stretch.nextByte;
  }
}
