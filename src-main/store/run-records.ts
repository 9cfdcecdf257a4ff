import { createHash } from "node:crypto";
import { z } from "zod";
import { AppError } from "#contract/errors.ts";
import { type AgentName, type RunId, runIdSchema } from "#contract/ids.ts";
import {
  type AgentRunSummary,
  isFinal,
  type ListRuns,
  type Run,
  type RunPage,
  type RunReason,
  type TimelineEntry,
} from "#contract/run.ts";
import { canStep } from "#core/run-state.ts";
import type { NewNote, NewRun, RunChange, RunRecords, StoredRun } from "#main/runs/index.ts";
import type { StoreAccess } from "./access.ts";
import { type Database, translated } from "./database.ts";
import { RunLists } from "./run-lists.ts";
import {
  type RunRow,
  runOf,
  type StoredRunRow,
  storedRunOf,
  type TimelineRow,
  timelineEntryOf,
} from "./run-rows.ts";

const liveIdsSchema = z.array(runIdSchema);

/** Runs and their history in SQLite. */
export class SqliteRunRecords implements RunRecords {
  readonly #file: string;
  readonly #lists: RunLists;
  readonly #writes: ReturnType<typeof prepareWrites>;
  readonly #reads: ReturnType<typeof prepareReads>;
  readonly #inOneStep: <T>(action: () => T) => T;

  constructor({ writer, reader, file }: StoreAccess) {
    this.#file = file;
    this.#lists = new RunLists(reader);
    this.#writes = prepareWrites(writer);
    this.#reads = prepareReads(reader);
    this.#inOneStep = (action) => translated(file, () => writer.transaction(action).immediate());
  }

  insert(run: NewRun): Run {
    return this.#inOneStep(() => this.#insert(run));
  }

  change(id: RunId, change: RunChange): Run {
    return this.#inOneStep(() => this.#change(id, change));
  }

  changeAndInsert(id: RunId, change: RunChange, successor: NewRun): { ended: Run; successor: Run } {
    return this.#inOneStep(() => ({ ended: this.#change(id, change), successor: this.#insert(successor) }));
  }

  addNote(id: RunId, entry: NewNote): void {
    this.#inOneStep(() => {
      this.#row(id);
      const { atMs, kind, text, note } = entry;
      this.#addEntry(id, { atMs, kind, state: null, reason: null, text, note });
    });
  }

  find(id: RunId): StoredRun | null {
    return translated(this.#file, () => {
      const row = this.#reads.stored.get(id);
      return row === undefined ? null : storedRunOf(row);
    });
  }

  findByPrefix(prefix: string): readonly Run[] {
    // Ids hold no character beyond z, so this is the end of everything that begins with the prefix.
    return translated(this.#file, () => this.#reads.byPrefix.all(prefix, `${prefix}{`).map(runOf));
  }

  live(): readonly StoredRun[] {
    return translated(this.#file, () => this.#reads.live.all().map(storedRunOf));
  }

  latestOf(agent: AgentName): Run | null {
    return translated(this.#file, () => {
      const row = this.#reads.latest.get(agent);
      return row === undefined ? null : runOf(row);
    });
  }

  summaries(): readonly AgentRunSummary[] {
    return translated(this.#file, () =>
      this.#reads.summaries.all().map(({ live_ids_json: liveIds, ...row }) => {
        const latest = runOf(row);
        return { agent: latest.agent, latest, liveRunIds: liveIdsSchema.parse(JSON.parse(liveIds)) };
      }),
    );
  }

  list(request: ListRuns): RunPage {
    return translated(this.#file, () => this.#lists.page(request));
  }

  timeline(id: RunId): readonly TimelineEntry[] {
    return translated(this.#file, () => this.#reads.timeline.all(id).map(timelineEntryOf));
  }

  remove(id: RunId): void {
    this.#inOneStep(() => {
      const row = this.#row(id);
      const { state } = runOf(row);
      if (!isFinal(state)) throw new Error(`Run ${id} is ${state} and cannot be forgotten`);
      this.#writes.remove.run(id);
      this.#writes.removeManifest.run({ hash: row.manifest_hash });
    });
  }

  #insert(run: NewRun): Run {
    const hash = createHash("sha256").update(run.manifestJson).digest("hex");
    this.#writes.insertManifest.run(hash, run.manifestJson);
    this.#writes.insert.run({
      id: run.id,
      agent: run.agent,
      target: run.target,
      release: run.release,
      attempt: run.attempt,
      previousRunId: run.previousRunId,
      door: run.door,
      inputJson: run.inputJson,
      manifestHash: hash,
      createdAtMs: run.createdAtMs,
      dueAtMs: run.dueAtMs,
    });
    this.#addEntry(run.id, {
      atMs: run.createdAtMs,
      kind: "state",
      state: "queued",
      reason: null,
      text: null,
    });
    return runOf(this.#row(run.id));
  }

  #change(id: RunId, change: RunChange): Run {
    const before = runOf(this.#row(id));
    const state = change.state ?? before.state;
    if (!canStep(before.state, state))
      throw new Error(`Run ${id} cannot go from ${before.state} to ${state}`);
    const reason = change.reason === undefined ? before.reason : change.reason;
    const health = change.health ?? before.health;

    this.#writes.change.run({
      ...absentAsNull(change),
      id,
      state,
      health,
      reasonCode: reason?.code ?? null,
      reasonDetailsJson: reason === null ? null : JSON.stringify(reason.details),
    });
    if (state !== before.state || !isSameReason(reason, before.reason)) {
      this.#addEntry(id, { atMs: change.atMs, kind: "state", state, reason, text: null });
    }
    if (health !== before.health) {
      this.#addEntry(id, { atMs: change.atMs, kind: "health", state: null, reason: null, text: health });
    }
    return runOf(this.#row(id));
  }

  #addEntry(id: RunId, entry: Omit<TimelineEntry, "seq">): void {
    this.#writes.addEntry.run({
      id,
      atMs: entry.atMs,
      kind: entry.kind,
      state: entry.state,
      reasonJson: jsonOrNull(entry.reason ?? entry.note ?? null),
      text: entry.text,
    });
  }

  /** The row as this transaction sees it. */
  #row(id: RunId): RunRow & { manifest_hash: string } {
    const row = this.#writes.current.get(id);
    if (row === undefined)
      throw new AppError("run.not_found", `No run has the id ${id}`, { details: { run: id } });
    return row;
  }
}

function jsonOrNull(value: RunReason | TimelineEntry["note"] | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

function isSameReason(a: RunReason | null, b: RunReason | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Each field with a flag that says whether the change names it at all, since null is a value of some. */
function absentAsNull(change: RunChange) {
  return {
    hasExitCode: change.exitCode === undefined ? 0 : 1,
    exitCode: change.exitCode ?? null,
    hasPid: change.pid === undefined ? 0 : 1,
    pid: change.pid ?? null,
    release: change.release ?? null,
    startedAtMs: change.startedAtMs ?? null,
    endedAtMs: change.endedAtMs ?? null,
    port: change.port ?? null,
    limitsJson: change.limits === undefined ? null : JSON.stringify(change.limits),
    ref: change.ref ?? null,
    stopIntent: change.stopIntent ?? null,
  };
}

function prepareWrites(db: Database) {
  return {
    insertManifest: db.prepare<[string, string]>(
      "INSERT INTO manifests (hash, json) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
    ),
    insert: db.prepare<[object]>(`
      INSERT INTO runs (id, agent, target, release, state, health, attempt, previous_run_id, door, input_json,
                        manifest_hash, created_at_ms, due_at_ms, limits_json)
      VALUES (:id, :agent, :target, :release, 'queued', 'none', :attempt, :previousRunId, :door, :inputJson,
              :manifestHash, :createdAtMs, :dueAtMs, '[]')`),
    change: db.prepare<[object]>(`
      UPDATE runs SET
        state = :state,
        health = :health,
        reason_code = :reasonCode,
        reason_details_json = :reasonDetailsJson,
        exit_code = iif(:hasExitCode, :exitCode, exit_code),
        pid = iif(:hasPid, :pid, pid),
        release = coalesce(:release, release),
        started_at_ms = coalesce(:startedAtMs, started_at_ms),
        ended_at_ms = coalesce(:endedAtMs, ended_at_ms),
        port = coalesce(:port, port),
        limits_json = coalesce(:limitsJson, limits_json),
        ref = coalesce(:ref, ref),
        stop_intent = coalesce(:stopIntent, stop_intent)
      WHERE id = :id`),
    addEntry: db.prepare<[object]>(`
      INSERT INTO run_timeline (run_id, at_ms, kind, state, reason_json, text)
      VALUES (:id, :atMs, :kind, :state, :reasonJson, :text)`),
    current: db.prepare<[string], RunRow & { manifest_hash: string }>("SELECT * FROM runs WHERE id = ?"),
    remove: db.prepare<[string]>("DELETE FROM runs WHERE id = ?"),
    removeManifest: db.prepare<[object]>(`
      DELETE FROM manifests
      WHERE hash = :hash AND NOT EXISTS (SELECT 1 FROM runs WHERE manifest_hash = :hash)`),
  };
}

function prepareReads(db: StoreAccess["reader"]) {
  return {
    stored: db.prepare<[string], StoredRunRow>(`
      SELECT runs.*, manifests.json AS manifest_json
      FROM runs JOIN manifests ON manifests.hash = runs.manifest_hash
      WHERE runs.id = ?`),
    live: db.prepare<[], StoredRunRow>(`
      SELECT runs.*, manifests.json AS manifest_json
      FROM runs JOIN manifests ON manifests.hash = runs.manifest_hash
      WHERE runs.state IN ('queued', 'starting', 'running', 'stopping', 'disconnected', 'needs-attention')
      ORDER BY runs.id`),
    byPrefix: db.prepare<[string, string], RunRow>(
      "SELECT * FROM runs WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 10",
    ),
    latest: db.prepare<[string], RunRow>("SELECT * FROM runs WHERE agent = ? ORDER BY id DESC LIMIT 1"),
    // The first agent, then always the next one after it: one step in the index for each, however many runs.
    summaries: db.prepare<[], RunRow & { live_ids_json: string }>(`
      WITH RECURSIVE names (name) AS (
        SELECT min(agent) FROM runs
        UNION ALL
        SELECT (SELECT min(agent) FROM runs WHERE agent > names.name) FROM names WHERE names.name IS NOT NULL
      ),
      live (agent, ids_json) AS (
        SELECT agent, json_group_array(id) FROM runs
        WHERE state IN ('queued', 'starting', 'running', 'stopping', 'disconnected', 'needs-attention')
        GROUP BY agent
      )
      SELECT runs.*, coalesce(live.ids_json, '[]') AS live_ids_json
      FROM names
      JOIN runs ON runs.id = (SELECT max(id) FROM runs WHERE agent = names.name)
      LEFT JOIN live ON live.agent = names.name
      ORDER BY names.name`),
    timeline: db.prepare<[string], TimelineRow>(`
      SELECT seq, at_ms, kind, state, reason_json, text FROM run_timeline
      WHERE run_id = ? ORDER BY at_ms, seq`),
  };
}
