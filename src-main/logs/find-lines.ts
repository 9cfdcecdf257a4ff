import type { RunId } from "#contract/ids.ts";
import type { FindLines, FindProgress, HitSpan, LogEncoding, LogHit, LogStream } from "#contract/log.ts";
import type { LineReading } from "#core/log-encoding.ts";
import { bitsOf } from "#core/log-line/level-word.ts";
import type { BlockRef } from "./block-ref.ts";
import { createLineFinder } from "./line-finder.ts";
import type { LogState } from "./log-state.ts";
import { SearchDesk } from "./search-desk.ts";
import type { BlockFound, FoundLine, LineWish, SearchFound, SearchJob, SearchStretch } from "./search-job.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** A log that is searched, and the encoding a person chose for it. */
export interface SearchedLog {
  readonly state: LogState;
  readonly encoding: LogEncoding | null;
}

/** Blocks of one job: the first ones small, so that something is found at once. */
const FIRST_JOB_BLOCKS = 4;
const JOB_BLOCKS = 32;
/** Jobs under way or done and not handed over; two workers have one each in hand and one in mind. */
const AHEAD = 4;
/** Less than this is searched where we are: a worker would take longer to start. */
const LOCAL_BYTES = 512 * 1024;
/** A segment can vanish once, when it is sealed, and so can the one before it; after that the log was removed. */
const ATTEMPTS = 4;
const STREAMS = ["stdout", "stderr"] as const satisfies readonly LogStream[];

interface Task {
  readonly log: SearchedLog;
  /** Blocks of the log, from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
  readonly bytes: number;
  /** The lines of its blocks, as far as they were there when the search began. */
  readonly lines: readonly { readonly from: number; readonly to: number }[];
}

interface Under {
  readonly task: Task;
  readonly found: Promise<SearchFound>;
}

/**
 * Searches logs block by block in worker threads and hands the hits over in order. What was stored when it began is
 * searched. It ends at once when `signal` aborts: at most one job per worker is still finished, unheard.
 *
 * @throws AppError `usage.invalid`
 */
export async function* findLines(
  logs: readonly SearchedLog[],
  request: FindLines,
  { pool, signal }: { pool: WorkerPool; signal: AbortSignal },
): AsyncGenerator<FindProgress> {
  const wish = wishOf(request);
  // A pattern that cannot be understood is refused before anything is searched.
  for (const condition of [wish, ...wish.also]) createLineFinder(condition);
  const tasks = logs.flatMap((log) => tasksOf(log, wish));
  const totalBytes = tasks.reduce((sum, { bytes }) => sum + bytes, 0);
  const searcherOf = createSearchers(pool, totalBytes);
  const progress = new Progress(request.limit, totalBytes);
  const under: Under[] = [];
  const aborted = abortOf(signal);
  let next = 0;
  while (next < tasks.length || under.length > 0) {
    for (; under.length < AHEAD && next < tasks.length; next += 1) {
      const task = tasks[next] as Task;
      const found = searchTask(task, wish, searcherOf(next));
      // It is awaited in its turn; until then nobody listens to its failure.
      found.catch(() => undefined);
      under.push({ task, found });
    }
    const { task, found } = under.shift() as Under;
    const done = await Promise.race([found, aborted]);
    if (done === null || signal.aborted) return;
    learn(task.log, done.found);
    progress.take(task, done);
    if (progress.hasNews || next % AHEAD === 0) yield progress.news(false);
  }
  yield progress.news(true);
}

/** What was found out first stays. */
function learn({ encoding, state }: Task["log"], { page, wide }: LineReading): void {
  if (encoding !== null) return;
  const { found } = state;
  if (found.page === null || found.wide === null)
    state.found = { page: found.page ?? page, wide: found.wide ?? wide };
}

type Searcher = (job: SearchJob) => Promise<SearchFound>;

/** Who does a task: the first one is done here while the workers start. */
function createSearchers(pool: WorkerPool, totalBytes: number): (task: number) => Searcher {
  const desk = new SearchDesk();
  const isSmall = totalBytes <= LOCAL_BYTES;
  return (task) => (job) => (isSmall || task === 0 ? desk.search(job) : pool.run("search", job));
}

function wishOf(request: FindLines): LineWish {
  return {
    text: request.text,
    isRegex: request.isRegex,
    isCaseSensitive: request.isCaseSensitive,
    also: request.also ?? [],
    levels: request.levels ?? null,
    streams: request.streams ?? null,
    fromLine: request.fromLine ?? 1,
    toLine: request.toLine ?? Number.MAX_SAFE_INTEGER,
    fields: request.fields ?? [],
    sinceMs: request.sinceMs ?? null,
    untilMs: request.untilMs ?? null,
    hasLines: request.hasLines,
    hasDetails: request.hasDetails ?? false,
    limit: request.limit,
  };
}

/** Blocks that can hold a line that fits, in jobs of neighbours. */
function tasksOf(log: SearchedLog, wish: LineWish): Task[] {
  const { blocks } = log.state;
  const tasks: Task[] = [];
  let open: { first: number; end: number; bytes: number; lines: { from: number; to: number }[] } | null =
    null;
  const close = () => {
    if (open !== null) tasks.push({ log, ...open });
    open = null;
  };
  for (const [index, ref] of blocks.entries()) {
    if (!canHold(ref, wish)) {
      close();
      continue;
    }
    const before: BlockRef | undefined = blocks[index - 1];
    const isNeighbour = before?.segment === ref.segment && before.isSealed === ref.isSealed;
    const most = tasks.length < 2 ? FIRST_JOB_BLOCKS : JOB_BLOCKS;
    if (open !== null && (!isNeighbour || open.end - open.first >= most)) close();
    open ??= { first: index, end: index, bytes: 0, lines: [] };
    open.end = index + 1;
    open.bytes += ref.payloadBytes;
    open.lines.push({
      from: Math.max(wish.fromLine, ref.linesBefore + 1),
      to: Math.min(wish.toLine, ref.linesBefore + ref.lineCount),
    });
  }
  close();
  return tasks;
}

function canHold(ref: BlockRef, { levels, sinceMs, untilMs, fromLine, toLine }: LineWish): boolean {
  // The first line may have begun in the block before, where it need not have ended.
  if (ref.linesBefore >= toLine || ref.linesBefore + ref.lineCount < fromLine - 1) return false;
  if (sinceMs !== null && ref.lastAtMs < sinceMs) return false;
  if (untilMs !== null && ref.firstAtMs >= untilMs) return false;
  return levels === null || (ref.levels & bitsOf(levels)) !== 0;
}

async function searchTask(task: Task, wish: LineWish, ask: Searcher): Promise<SearchFound> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await ask(jobOf(task, wish));
    // Sealed since the blocks were listed: they lie at the same places of the list, in their new form.
    if (!found.isGone || attempt === ATTEMPTS) return found;
  }
}

function jobOf({ log, first, end }: Task, wish: LineWish): SearchJob {
  const { blocks, folder, framing } = log.state;
  const before = blocks[first - 1];
  const ref = blocks[first];
  return {
    folder,
    ...stretchOf(blocks.slice(first, end)),
    seed: framing.seed,
    context: before !== undefined && ref !== undefined && isTorn(ref) ? stretchOf([before]) : null,
    encoding: log.encoding,
    found: log.state.found,
    wish,
  };
}

function stretchOf(refs: readonly BlockRef[]): SearchStretch {
  return {
    segment: refs[0]?.segment ?? 0,
    isSealed: refs[0]?.isSealed ?? false,
    blocks: refs.map(({ offset, end, state, linesBefore, lineCount, payloadBytes, lastAtMs }) => ({
      ...{ offset, end, state },
      ...{ linesBefore, lineCount, payloadBytes, lastAtMs },
    })),
  };
}

/** Whether a long line may go on from the block before: a sealed block does not say so outside. */
function isTorn({ state, lineCount, isSealed }: BlockRef): boolean {
  if (isSealed || state === null) return lineCount < 100;
  return [state.splitter.stdout, state.splitter.stderr].some(
    ({ bytes, sizeBytes }) => sizeBytes > bytes.length,
  );
}

/** Puts together what the jobs found. */
class Progress {
  readonly #limit: number;
  readonly #totalBytes: number;
  /** Whether the unfinished line of a stream holds the text already, by run. */
  readonly #openHits = new Map<RunId, Record<LogStream, boolean>>();
  #hits: LogHit[] = [];
  #spans: HitSpan[] = [];
  #handedOver = 0;
  #count = 0;
  #searchedBytes = 0;

  constructor(limit: number, totalBytes: number) {
    this.#limit = limit;
    this.#totalBytes = totalBytes;
  }

  get hasNews(): boolean {
    return this.#hits.length > 0 || this.#spans.length > 0;
  }

  take({ log, bytes, lines }: Task, { blocks }: SearchFound): void {
    const { runId } = log.state;
    const open = this.#openHits.get(runId) ?? { stdout: false, stderr: false };
    this.#openHits.set(runId, open);
    for (const [index, block] of blocks.entries()) {
      const before = this.#count;
      this.#takeBlock(runId, block, open);
      const count = this.#count - before;
      const span = lines[index];
      if (count > 0 && span !== undefined) this.#spans.push({ runId, ...span, count });
    }
    this.#searchedBytes += bytes;
  }

  news(isEnd: boolean): FindProgress {
    const hits = this.#hits.slice(0, this.#limit - this.#handedOver);
    this.#handedOver += hits.length;
    const spans = this.#spans;
    this.#hits = [];
    this.#spans = [];
    const searchedBytes = isEnd ? this.#totalBytes : this.#searchedBytes;
    return { hits, spans, count: this.#count, searchedBytes, totalBytes: this.#totalBytes, isEnd };
  }

  #takeBlock(runId: RunId, block: BlockFound, open: Record<LogStream, boolean>): void {
    const hits: FoundLine[] = [...block.hits];
    this.#count += block.count;
    for (const stream of STREAMS) {
      const long = block.longEnds[stream];
      if (long !== null && open[stream]) {
        hits.push(long);
        this.#count += 1;
      }
      open[stream] = block.openHits[stream] || (open[stream] && !block.hasEnded[stream]);
    }
    if (hits.length > block.hits.length) hits.sort((a, b) => a.number - b.number);
    for (const { number, atMs, line } of hits) {
      this.#hits.push({ runId, number, atMs, ...(line === null ? {} : { line }) });
    }
  }
}

/** Resolves to null when `signal` aborts. */
function abortOf(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(null), { once: true }));
}
