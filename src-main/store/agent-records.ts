import { AppError } from "#contract/errors.ts";
import { type AgentName, agentNameSchema, releaseIdSchema } from "#contract/ids.ts";
import type { AgentChange, AgentRecords, NewAgent, StoredAgent } from "#main/agents/index.ts";
import type { StoreAccess } from "./access.ts";
import { translated } from "./database.ts";

interface AgentRow {
  readonly name: string;
  readonly folder: string;
  readonly manifest_json: string;
  readonly release: string | null;
  readonly is_autostart: number;
  readonly added_at_ms: number;
}

/** Agents in SQLite. */
export class SqliteAgentRecords implements AgentRecords {
  readonly #access: StoreAccess;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(access: StoreAccess) {
    this.#access = access;
    this.#statements = prepare(access);
  }

  insert(agent: NewAgent): void {
    const { writer, file } = this.#access;
    const store = writer.transaction(() => {
      const other = this.#statements.current.get(agent.name);
      if (other !== undefined) {
        throw new AppError(
          "agent.name_taken",
          `${other.folder} already provides an agent named ${agent.name}`,
          {
            details: { agent: agent.name, folder: agent.folder, otherFolder: other.folder },
          },
        );
      }
      this.#statements.insert.run({
        name: agent.name,
        folder: agent.folder,
        manifestJson: agent.manifestJson,
        isAutostart: agent.isAutostart ? 1 : 0,
        addedAtMs: agent.addedAtMs,
      });
    });
    translated(file, () => store.immediate());
  }

  update(name: AgentName, change: AgentChange): void {
    const result = translated(this.#access.file, () =>
      this.#statements.update.run({
        name,
        folder: change.folder ?? null,
        manifestJson: change.manifestJson ?? null,
        hasRelease: change.release === undefined ? 0 : 1,
        release: change.release ?? null,
        isAutostart: change.isAutostart === undefined ? null : Number(change.isAutostart),
      }),
    );
    if (result.changes === 0) {
      throw new AppError("agent.not_found", `No agent is named ${name}`, {
        details: { agent: name, nearest: "" },
      });
    }
  }

  remove(name: AgentName): void {
    translated(this.#access.file, () => this.#statements.remove.run(name));
  }

  all(): readonly StoredAgent[] {
    return translated(this.#access.file, () => this.#statements.all.all().map(agentOf));
  }

  find(name: AgentName): StoredAgent | null {
    const row = translated(this.#access.file, () => this.#statements.find.get(name));
    return row === undefined ? null : agentOf(row);
  }
}

function agentOf(row: AgentRow): StoredAgent {
  return {
    name: agentNameSchema.parse(row.name),
    folder: row.folder,
    manifestJson: row.manifest_json,
    release: releaseIdSchema.nullable().parse(row.release),
    isAutostart: row.is_autostart === 1,
    addedAtMs: row.added_at_ms,
  };
}

function prepare({ writer, reader }: StoreAccess) {
  return {
    insert: writer.prepare<[object]>(`
      INSERT INTO agents (name, folder, manifest_json, is_autostart, added_at_ms)
      VALUES (:name, :folder, :manifestJson, :isAutostart, :addedAtMs)`),
    update: writer.prepare<[object]>(`
      UPDATE agents SET
        folder = coalesce(:folder, folder),
        manifest_json = coalesce(:manifestJson, manifest_json),
        release = iif(:hasRelease, :release, release),
        is_autostart = coalesce(:isAutostart, is_autostart)
      WHERE name = :name`),
    current: writer.prepare<[string], AgentRow>("SELECT * FROM agents WHERE name = ?"),
    remove: writer.prepare<[string]>("DELETE FROM agents WHERE name = ?"),
    all: reader.prepare<[], AgentRow>("SELECT * FROM agents ORDER BY name"),
    find: reader.prepare<[string], AgentRow>("SELECT * FROM agents WHERE name = ?"),
  };
}
