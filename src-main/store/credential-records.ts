import { z } from "zod";
import {
  type CredentialName,
  type CredentialUse,
  credentialKindSchema,
  credentialNameSchema,
} from "#contract/credential.ts";
import { agentNameSchema, runIdSchema, targetIdSchema } from "#contract/ids.ts";
import { type SecretStoreKind, secretStoreSchema } from "#contract/vault.ts";
import type { CredentialRecords, Leftover, StoredCredential } from "#main/vault/index.ts";
import type { StoreAccess } from "./access.ts";
import { translated } from "./database.ts";

interface CredentialRow {
  readonly name: string;
  readonly kind: string;
  readonly label: string;
  readonly store: string;
  readonly expires_at_ms: number | null;
  readonly created_at_ms: number;
  readonly changed_at_ms: number;
}

interface FieldRow {
  readonly credential: string;
  readonly field: string;
  readonly item: string;
  readonly is_secret: number;
  readonly is_maskable: number;
  readonly changed_at_ms: number;
}

interface UseRow {
  readonly agent: string;
  readonly target: string;
  readonly run_id: string;
  readonly at_ms: number;
}

/** Credentials in SQLite: everything about them but their values. */
export class SqliteCredentialRecords implements CredentialRecords {
  readonly #access: StoreAccess;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(access: StoreAccess) {
    this.#access = access;
    this.#statements = prepare(access);
  }

  all(): readonly StoredCredential[] {
    return translated(this.#access.file, () =>
      this.#statements.all.all().map((row) => this.#credentialOf(row)),
    );
  }

  find(name: CredentialName): StoredCredential | null {
    return translated(this.#access.file, () => {
      const row = this.#statements.find.get(name);
      return row === undefined ? null : this.#credentialOf(row);
    });
  }

  addLeftovers(leftovers: readonly Leftover[]): void {
    this.#transaction(() => {
      for (const leftover of leftovers) this.#statements.addLeftover.run(leftover);
    });
  }

  save(credential: StoredCredential): void {
    const { addAgent, addField, addLeftover, dropAgents, dropFields, fields, forget, upsert } =
      this.#statements;
    const { name, store } = credential;
    this.#transaction(() => {
      const kept = new Set(credential.fields.map(({ item }) => item));
      for (const { item } of fields.all(name)) if (!kept.has(item)) addLeftover.run({ store, item });
      for (const item of kept) forget.run({ store, item });
      upsert.run({
        name,
        store,
        kind: credential.kind,
        label: credential.label,
        expiresAtMs: credential.expiresAtMs,
        createdAtMs: credential.createdAtMs,
        changedAtMs: credential.changedAtMs,
      });
      dropFields.run(name);
      for (const field of credential.fields) {
        addField.run({
          credential: name,
          field: field.name,
          item: field.item,
          isSecret: Number(field.isSecret),
          isMaskable: Number(field.isMaskable),
          changedAtMs: field.changedAtMs,
        });
      }
      dropAgents.run(name);
      for (const agent of credential.allowedAgents) addAgent.run(name, agent);
    });
  }

  remove(name: CredentialName): void {
    this.#transaction(() => {
      this.#statements.leaveItems.run(name);
      this.#statements.remove.run(name);
    });
  }

  leftovers(store: SecretStoreKind): readonly string[] {
    return translated(this.#access.file, () => this.#statements.leftovers.all(store));
  }

  forgetLeftover(leftover: Leftover): void {
    this.#transaction(() => this.#statements.forget.run(leftover));
  }

  markUsed(name: CredentialName, use: CredentialUse): void {
    const { agent, target, runId, atMs } = use;
    this.#transaction(() => this.#statements.markUsed.run({ name, agent, target, runId, atMs }));
  }

  uses(name: CredentialName): readonly CredentialUse[] {
    const rows = translated(this.#access.file, () => this.#statements.uses.all(name));
    return rows.map((row) => ({
      agent: agentNameSchema.parse(row.agent),
      target: targetIdSchema.parse(row.target),
      runId: runIdSchema.parse(row.run_id),
      atMs: row.at_ms,
    }));
  }

  fact(key: string): string | null {
    return translated(this.#access.file, () => this.#statements.fact.get(key) ?? null);
  }

  setFact(key: string, value: string): void {
    this.#transaction(() => this.#statements.setFact.run(key, value));
  }

  #transaction(step: () => void): void {
    const store = this.#access.writer.transaction(step);
    translated(this.#access.file, () => store.immediate());
  }

  #credentialOf(row: CredentialRow): StoredCredential {
    const { agents, fields } = this.#statements;
    return {
      name: credentialNameSchema.parse(row.name),
      kind: credentialKindSchema.parse(row.kind),
      label: row.label,
      store: secretStoreSchema.parse(row.store),
      fields: fields.all(row.name).map((field) => ({
        name: field.field,
        item: field.item,
        isSecret: field.is_secret === 1,
        isMaskable: field.is_maskable === 1,
        changedAtMs: field.changed_at_ms,
      })),
      allowedAgents: z.array(agentNameSchema).parse(agents.all(row.name)),
      expiresAtMs: row.expires_at_ms,
      createdAtMs: row.created_at_ms,
      changedAtMs: row.changed_at_ms,
    };
  }
}

function prepare({ writer }: StoreAccess) {
  return {
    all: writer.prepare<[], CredentialRow>("SELECT * FROM credentials ORDER BY name"),
    find: writer.prepare<[string], CredentialRow>("SELECT * FROM credentials WHERE name = ?"),
    fields: writer.prepare<[string], FieldRow>(
      "SELECT * FROM credential_fields WHERE credential = ? ORDER BY field",
    ),
    agents: writer
      .prepare<[string], string>("SELECT agent FROM credential_agents WHERE credential = ? ORDER BY agent")
      .pluck(),
    uses: writer.prepare<[string], UseRow>(
      "SELECT * FROM credential_uses WHERE credential = ? ORDER BY at_ms DESC, agent, target",
    ),
    upsert: writer.prepare<[object]>(`
      INSERT INTO credentials (name, kind, label, store, expires_at_ms, created_at_ms, changed_at_ms)
      VALUES (:name, :kind, :label, :store, :expiresAtMs, :createdAtMs, :changedAtMs)
      ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, label = excluded.label, store = excluded.store,
        expires_at_ms = excluded.expires_at_ms, changed_at_ms = excluded.changed_at_ms`),
    addField: writer.prepare<[object]>(`
      INSERT INTO credential_fields (credential, field, item, is_secret, is_maskable, changed_at_ms)
      VALUES (:credential, :field, :item, :isSecret, :isMaskable, :changedAtMs)`),
    dropFields: writer.prepare<[string]>("DELETE FROM credential_fields WHERE credential = ?"),
    addAgent: writer.prepare<[string, string]>("INSERT INTO credential_agents VALUES (?, ?)"),
    dropAgents: writer.prepare<[string]>("DELETE FROM credential_agents WHERE credential = ?"),
    remove: writer.prepare<[string]>("DELETE FROM credentials WHERE name = ?"),
    leaveItems: writer.prepare<[string]>(`
      INSERT OR IGNORE INTO vault_leftovers (store, item)
      SELECT store, item FROM credentials JOIN credential_fields ON credential = name WHERE name = ?`),
    addLeftover: writer.prepare<[Leftover]>(
      "INSERT OR IGNORE INTO vault_leftovers (store, item) VALUES (:store, :item)",
    ),
    leftovers: writer
      .prepare<[string], string>("SELECT item FROM vault_leftovers WHERE store = ? ORDER BY item")
      .pluck(),
    forget: writer.prepare<[Leftover]>("DELETE FROM vault_leftovers WHERE store = :store AND item = :item"),
    markUsed: writer.prepare<[object]>(`
      INSERT INTO credential_uses (credential, agent, target, run_id, at_ms)
      VALUES (:name, :agent, :target, :runId, :atMs)
      ON CONFLICT (credential, agent, target)
      DO UPDATE SET run_id = excluded.run_id, at_ms = excluded.at_ms`),
    fact: writer.prepare<[string], string>("SELECT value FROM vault_facts WHERE key = ?").pluck(),
    setFact: writer.prepare<[string, string]>(`
      INSERT INTO vault_facts (key, value) VALUES (?, ?)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`),
  };
}
