import type { RunId } from "#contract/ids.ts";
import type { MergedPlace } from "#contract/log.ts";
import type { LineOrigin, LogSource } from "./log-source.ts";

/** Answers that are remembered; the way to neighbouring ranks leads past the same moments. */
const HELD_PLACES = 512;
/** Lines of a moment that are read at once on the way to one of them. */
const STEP_LINES = 2_000;
/** A line that is not among so many of its moment is not there any more. */
const MOST_STEPS = 50;

/** Which lines of several runs lie before a moment, as far as they were there at the place `until`. */
export class MergedTimes {
  readonly runIds: readonly RunId[];
  readonly until: MergedPlace;
  readonly #source: Pick<LogSource, "mergedPage">;
  readonly #places = new Map<number, Promise<MergedPlace>>();
  #bounds: Promise<{ firstMs: number; lastMs: number }> | null = null;

  constructor(source: Pick<LogSource, "mergedPage">, runIds: readonly RunId[], until: MergedPlace) {
    this.#source = source;
    this.runIds = runIds;
    this.until = until;
  }

  /** Before the first line of each run that arrived at `atMs` or later. */
  placeAt(atMs: number): Promise<MergedPlace> {
    const held = this.#places.get(atMs);
    if (held !== undefined) return held;
    const asked = this.#page({ atMs, limit: 1 }).then(({ start }) => start);
    this.#places.set(atMs, asked);
    // A failure is told to who asked, and the next one asks again.
    asked.catch(() => this.#places.delete(atMs));
    const oldest = this.#places.size > HELD_PLACES ? this.#places.keys().next().value : undefined;
    if (oldest !== undefined) this.#places.delete(oldest);
    return asked;
  }

  /** When the first and the last line arrived; 0 where there is none. */
  bounds(): Promise<{ firstMs: number; lastMs: number }> {
    this.#bounds ??= Promise.all([
      this.#page({ index: 0, limit: 1 }),
      this.#page({ index: Number.MAX_SAFE_INTEGER, direction: "before", limit: 1 }),
    ]).then(([{ lines: first }, { lines: last }]) => ({
      firstMs: first[0]?.line.atMs ?? 0,
      lastMs: last[0]?.line.atMs ?? 0,
    }));
    this.#bounds.catch(() => {
      this.#bounds = null;
    });
    return this.#bounds;
  }

  /** The place before a line that arrived at `atMs`; null when it is not there. */
  async placeOf({
    runId,
    number,
    atMs,
  }: LineOrigin & { readonly atMs: number }): Promise<MergedPlace | null> {
    let place: MergedPlace = await this.placeAt(atMs);
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const { lines, end } = await this.#page({ place: { ...place }, limit: STEP_LINES });
      const at = lines.findIndex((each) => each.runId === runId && each.line.number === number);
      if (at !== -1) return placeAfter(place, lines.slice(0, at));
      if (lines.length === 0) return null;
      place = end;
    }
    return null;
  }

  #page(request: Omit<Parameters<LogSource["mergedPage"]>[0], "runIds" | "until">) {
    return this.#source.mergedPage({ ...request, runIds: [...this.runIds], until: { ...this.until } });
  }
}

function placeAfter(place: MergedPlace, lines: readonly { readonly runId: RunId }[]): MergedPlace {
  const next: Record<string, number> = { ...place };
  for (const { runId } of lines) next[runId] = (next[runId] ?? 0) + 1;
  return next;
}
