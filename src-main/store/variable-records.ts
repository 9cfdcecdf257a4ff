import { agentNameSchema } from "#contract/ids.ts";
import { type Door, doorSchema } from "#contract/run.ts";
import { type VariableChange, type VariableRef, variableTypeSchema } from "#contract/variable.ts";
import type { StoredVariable, VariableRecords } from "#main/vault/index.ts";
import type { StoreAccess } from "./access.ts";
import { translated } from "./database.ts";

interface VariableRow {
  readonly name: string;
  readonly agent: string;
  readonly type: string;
  readonly value: string;
  readonly changed_at_ms: number;
}

interface HistoryRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly who: string;
  readonly door: string;
  readonly type: string | null;
  readonly value: string | null;
}

/** Variables in SQLite; the scope of all agents is the empty name. */
export class SqliteVariableRecords implements VariableRecords {
  readonly #access: StoreAccess;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(access: StoreAccess) {
    this.#access = access;
    this.#statements = prepare(access);
  }

  all(): readonly StoredVariable[] {
    return translated(this.#access.file, () => this.#statements.all.all().map(variableOf));
  }

  find({ name, agent }: VariableRef): StoredVariable | null {
    const row = translated(this.#access.file, () => this.#statements.find.get(name, agent ?? ""));
    return row === undefined ? null : variableOf(row);
  }

  set(variable: StoredVariable, { who, door }: { who: string; door: Door }): void {
    const { name, type, value, changedAtMs } = variable;
    const row = { name, agent: variable.agent ?? "", type, value, atMs: changedAtMs };
    this.#transaction(() => {
      this.#statements.set.run(row);
      this.#statements.note.run({ ...row, who, door });
    });
  }

  remove({ name, agent }: VariableRef, { who, door, atMs }: { who: string; door: Door; atMs: number }): void {
    const scope = { name, agent: agent ?? "" };
    this.#transaction(() => {
      this.#statements.remove.run(scope);
      this.#statements.note.run({ ...scope, type: null, value: null, atMs, who, door });
    });
  }

  history({ name, agent }: VariableRef, limit: number): readonly VariableChange[] {
    const rows = translated(this.#access.file, () => this.#statements.history.all(name, agent ?? "", limit));
    return rows.map((row) => ({
      seq: row.seq,
      atMs: row.at_ms,
      who: row.who,
      door: doorSchema.parse(row.door),
      type: variableTypeSchema.nullable().parse(row.type),
      value: row.value,
    }));
  }

  #transaction(step: () => void): void {
    const store = this.#access.writer.transaction(step);
    translated(this.#access.file, () => store.immediate());
  }
}

function variableOf(row: VariableRow): StoredVariable {
  return {
    name: row.name,
    agent: row.agent === "" ? null : agentNameSchema.parse(row.agent),
    type: variableTypeSchema.parse(row.type),
    value: row.value,
    changedAtMs: row.changed_at_ms,
  };
}

function prepare({ writer }: StoreAccess) {
  return {
    all: writer.prepare<[], VariableRow>("SELECT * FROM variables ORDER BY agent, name"),
    find: writer.prepare<[string, string], VariableRow>(
      "SELECT * FROM variables WHERE name = ? AND agent = ?",
    ),
    set: writer.prepare<[object]>(`
      INSERT INTO variables (name, agent, type, value, changed_at_ms)
      VALUES (:name, :agent, :type, :value, :atMs)
      ON CONFLICT (name, agent) DO UPDATE SET type = excluded.type, value = excluded.value,
        changed_at_ms = excluded.changed_at_ms`),
    remove: writer.prepare<[object]>("DELETE FROM variables WHERE name = :name AND agent = :agent"),
    note: writer.prepare<[object]>(`
      INSERT INTO variable_history (name, agent, at_ms, who, door, type, value)
      VALUES (:name, :agent, :atMs, :who, :door, :type, :value)`),
    history: writer.prepare<[string, string, number], HistoryRow>(
      "SELECT * FROM variable_history WHERE name = ? AND agent = ? ORDER BY seq DESC LIMIT ?",
    ),
  };
}
