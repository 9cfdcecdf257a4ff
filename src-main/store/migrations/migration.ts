import type { Database } from "../database.ts";

/**
 * One step of the schema. A shipped step never changes (`tests/architecture/store-schema.test.ts` holds its hash);
 * later needs get a step of their own, which only adds.
 */
export interface Migration {
  /** From 1, without gaps; the file's `user_version` after the step. */
  readonly id: number;
  readonly name: string;
  up(db: Database): void;
}
