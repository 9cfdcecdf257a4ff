import { type Settings, settingsSchema } from "#contract/system.ts";
import type { StoreAccess } from "./access.ts";
import { translated } from "./database.ts";

/** Choices of a person, durable when `set` returns. */
export interface SettingsRecords {
  /** A key that is not stored, not known or no longer valid has its default. */
  get(): Settings;
  /** Stores the keys of `change` and returns all of them. @throws ZodError for a value that is not allowed */
  set(change: Partial<Settings>): Settings;
}

export class SqliteSettingsRecords implements SettingsRecords {
  readonly #access: StoreAccess;

  constructor(access: StoreAccess) {
    this.#access = access;
  }

  get(): Settings {
    const { reader, file } = this.#access;
    const rows = translated(file, () =>
      reader.prepare<[], { key: string; value_json: string }>("SELECT key, value_json FROM settings").all(),
    );
    const stored = rows.map((row): [string, unknown] => [row.key, JSON.parse(row.value_json)]);
    return settingsSchema.parse(Object.fromEntries(stored.filter(([key, value]) => isValid(key, value))));
  }

  set(change: Partial<Settings>): Settings {
    const { writer, file } = this.#access;
    const valid = settingsSchema.partial().strict().parse(change);
    const named = Object.keys(change);
    const upsert = writer.prepare<[string, string]>(`
      INSERT INTO settings (key, value_json) VALUES (?, ?)
      ON CONFLICT (key) DO UPDATE SET value_json = excluded.value_json`);
    const store = writer.transaction(() => {
      for (const [key, value] of Object.entries(valid)) {
        if (named.includes(key)) upsert.run(key, JSON.stringify(value));
      }
    });
    translated(file, () => store.immediate());
    return this.get();
  }
}

/** An older or newer version may have stored what this one does not know. */
function isValid(key: string, value: unknown): boolean {
  if (!Object.hasOwn(settingsSchema.shape, key)) return false;
  return settingsSchema.partial().safeParse({ [key]: value }).success;
}
