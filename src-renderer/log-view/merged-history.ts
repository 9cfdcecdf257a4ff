import type { RunId } from "#contract/ids.ts";
import type { LogLine, MergedPlace } from "#contract/log.ts";
import type { LineOrigin, LogSource } from "./log-source.ts";
import type { MergedIndex } from "./merged-index.ts";
import { MergedTimes } from "./merged-times.ts";

/** A row of several logs, and the line it is. */
export interface OriginLine extends LineOrigin {
  readonly line: LogLine;
}

/** A place in the logs and how many rows lie before it. */
export interface PlacedRow {
  readonly place: MergedPlace;
  readonly row: number;
}

/** How far two known places may be apart, as a share of all rows. */
const OUTLINE_SHARE = 1 / 64;
/** Halving a day so often leaves less than a second. */
const OUTLINE_ROUNDS = 17;

/**
 * Rows of several runs by time, as far as the runs were written at one moment: all lines, or those that fit. Rows are
 * counted from 0 and read by their place, however many there are.
 */
export class MergedHistory {
  readonly times: MergedTimes;
  readonly rowCount: number;
  readonly #source: Pick<LogSource, "mergedPage">;
  readonly #filter: MergedIndex | null;
  #outline: Promise<readonly PlacedRow[]> | null = null;

  private constructor(
    source: Pick<LogSource, "mergedPage">,
    times: MergedTimes,
    { filter, rowCount }: { filter: MergedIndex | null; rowCount: number },
  ) {
    this.#source = source;
    this.times = times;
    this.#filter = filter;
    this.rowCount = rowCount;
  }

  /** All lines before a place. */
  static ofLines(
    source: Pick<LogSource, "mergedPage">,
    runIds: readonly RunId[],
    until: MergedPlace,
  ): MergedHistory {
    const rowCount = sum(Object.values(until));
    return new MergedHistory(source, new MergedTimes(source, runIds, until), { filter: null, rowCount });
  }

  /** The lines before a place that fit. */
  static async ofFitting(
    source: Pick<LogSource, "mergedPage">,
    { runIds, until, filter }: { runIds: readonly RunId[]; until: MergedPlace; filter: MergedIndex },
  ): Promise<MergedHistory> {
    filter.search(until);
    await filter.settled();
    const rowCount = await filter.rankAt(until);
    return new MergedHistory(source, new MergedTimes(source, runIds, until), { filter, rowCount });
  }

  /** The same and what is behind it, up to a later place; null when that was not searched to its end. */
  async grownTo(runIds: readonly RunId[], until: MergedPlace): Promise<MergedHistory | null> {
    const filter = this.#filter;
    if (filter === null) return MergedHistory.ofLines(this.#source, runIds, until);
    const grown = await MergedHistory.ofFitting(this.#source, { runIds, until, filter });
    return filter.hasSearched(until) ? grown : null;
  }

  /** Searches no further. */
  stop(): void {
    this.#filter?.stop();
  }

  async rows(from: number, limit: number, hasDetails: boolean): Promise<readonly OriginLine[]> {
    const { times } = this;
    const most = Math.min(limit, this.rowCount - from);
    if (most <= 0) return [];
    if (this.#filter === null) {
      const { lines } = await this.#source.mergedPage({
        ...this.#range(),
        index: from,
        limit: most,
        hasDetails,
      });
      return lines.map(({ runId, line }) => ({ runId, number: line.number, line }));
    }
    const hits = await this.#filter.hits(from, most, { times, hasLines: true, hasDetails });
    return hits.flatMap(({ runId, number, line }) => (line === undefined ? [] : [{ runId, number, line }]));
  }

  /** How many rows lie before a place. */
  async rowAt(place: MergedPlace): Promise<number> {
    return this.#filter === null ? sum(Object.values(place)) : await this.#filter.rankAt(place);
  }

  /** The place before a row. */
  async placeOf(row: number): Promise<MergedPlace> {
    if (row >= this.rowCount) return this.times.until;
    if (this.#filter !== null) return await this.#filter.placeOf(row, this.times);
    return (await this.#source.mergedPage({ ...this.#range(), index: row, limit: 1 })).start;
  }

  /** Places all over the rows, so that the place of any line can be told roughly at once. */
  outline(): Promise<readonly PlacedRow[]> {
    this.#outline ??= this.#outlined();
    this.#outline.catch(() => {
      this.#outline = null;
    });
    return this.#outline;
  }

  async #outlined(): Promise<readonly PlacedRow[]> {
    if (this.rowCount === 0) return [];
    const { firstMs, lastMs } = await this.times.bounds();
    let known = await Promise.all([firstMs, lastMs].map((atMs) => this.#placed(atMs)));
    for (let round = 0; round < OUTLINE_ROUNDS; round += 1) {
      const between = known.flatMap((sample, index) => {
        const next = known[index + 1];
        if (next === undefined || next.atMs - sample.atMs < 2) return [];
        const isFar = next.row - sample.row > this.rowCount * OUTLINE_SHARE;
        return isFar ? [Math.floor((sample.atMs + next.atMs) / 2)] : [];
      });
      if (between.length === 0) break;
      const found = await Promise.all(between.map((atMs) => this.#placed(atMs)));
      known = [...known, ...found].sort((a, b) => a.atMs - b.atMs);
    }
    return [...known, { place: this.times.until, row: this.rowCount }];
  }

  async #placed(atMs: number): Promise<PlacedRow & { readonly atMs: number }> {
    const place = await this.times.placeAt(atMs);
    return { atMs, place, row: await this.rowAt(place) };
  }

  #range() {
    return { runIds: [...this.times.runIds], until: { ...this.times.until } };
  }
}

function sum(values: Iterable<number>): number {
  return Iterator.from(values).reduce((total, value) => total + value, 0);
}
