import type { ListRuns, RunPage } from "#contract/run.ts";
import type { ReadDatabase } from "./database.ts";
import { type RunRow, runOf } from "./run-rows.ts";

/** Above every id, which is made of digits and lower-case letters. */
const AFTER_ALL_IDS = "~";

interface Filter {
  readonly agent: string | null;
  readonly target: string | null;
  /** JSON array; null for all. */
  readonly states: string | null;
  readonly search: string;
  /** 1: only runs whose log is pinned. */
  readonly isPinned: 0 | 1;
}

interface PageFilter extends Filter {
  readonly beforeId: string;
  readonly limit: number;
}

/** Filtered pages of runs, newest first. Filters read the covering indexes; only the page's own rows are fetched. */
export class RunLists {
  readonly #all: Statements;
  readonly #ofAgent: Statements;

  constructor(db: ReadDatabase) {
    this.#all = prepareAll(db);
    this.#ofAgent = prepareOfAgent(db);
  }

  page(request: ListRuns): RunPage {
    const filter: Filter = {
      agent: request.agent ?? null,
      target: request.target ?? null,
      states: request.states === undefined ? null : JSON.stringify(request.states),
      search: (request.search ?? "").trim().toLowerCase(),
      isPinned: request.isPinned === true ? 1 : 0,
    };
    const { count, page } = filter.agent === null ? this.#all : this.#ofAgent;
    const rows = page.all({
      ...filter,
      beforeId: request.beforeId ?? AFTER_ALL_IDS,
      limit: request.limit + 1,
    });
    return {
      runs: rows.slice(0, request.limit).map(runOf),
      total: Number(count.get(filter)?.total ?? 0),
      hasMore: rows.length > request.limit,
    };
  }
}

interface Statements {
  readonly count: { get(filter: Filter): { total: number } | undefined };
  readonly page: { all(filter: PageFilter): RunRow[] };
}

function prepareAll(db: ReadDatabase): Statements {
  return {
    count: db.prepare<Filter, { total: number }>(`
      SELECT count(*) AS total FROM runs INDEXED BY runs_for_search
      WHERE (:target IS NULL OR target = :target)
        AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
        AND (:isPinned = 0 OR id IN (SELECT run_id FROM log_marks WHERE is_pinned = 1))
        AND (:search = '' OR instr(id, :search) OR instr(agent, :search) OR instr(reason_code, :search))
        AND :agent IS NULL`),
    page: db.prepare<PageFilter, RunRow>(`
      SELECT * FROM runs WHERE id IN (
        SELECT id FROM runs INDEXED BY runs_for_search
        WHERE id < :beforeId
          AND (:target IS NULL OR target = :target)
          AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
        AND (:isPinned = 0 OR id IN (SELECT run_id FROM log_marks WHERE is_pinned = 1))
          AND (:search = '' OR instr(id, :search) OR instr(agent, :search) OR instr(reason_code, :search))
          AND :agent IS NULL
        ORDER BY id DESC LIMIT :limit
      ) ORDER BY id DESC`),
  };
}

function prepareOfAgent(db: ReadDatabase): Statements {
  return {
    count: db.prepare<Filter, { total: number }>(`
      SELECT count(*) AS total FROM runs INDEXED BY runs_by_agent
      WHERE agent = :agent
        AND (:target IS NULL OR target = :target)
        AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
        AND (:isPinned = 0 OR id IN (SELECT run_id FROM log_marks WHERE is_pinned = 1))
        AND (:search = '' OR instr(id, :search) OR instr(agent, :search) OR instr(reason_code, :search))`),
    page: db.prepare<PageFilter, RunRow>(`
      SELECT * FROM runs WHERE id IN (
        SELECT id FROM runs INDEXED BY runs_by_agent
        WHERE agent = :agent AND id < :beforeId
          AND (:target IS NULL OR target = :target)
          AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
        AND (:isPinned = 0 OR id IN (SELECT run_id FROM log_marks WHERE is_pinned = 1))
          AND (:search = '' OR instr(id, :search) OR instr(agent, :search) OR instr(reason_code, :search))
        ORDER BY id DESC LIMIT :limit
      ) ORDER BY id DESC`),
  };
}
