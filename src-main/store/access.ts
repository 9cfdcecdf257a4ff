import type { Database, ReadDatabase } from "./database.ts";

/** The two connections a records class works with. */
export interface StoreAccess {
  readonly writer: Database;
  readonly reader: ReadDatabase;
  /** The database's path, for error messages. */
  readonly file: string;
}
