import { firstTables } from "./0001-first-tables.ts";
import { logBlocks } from "./0002-log-blocks.ts";
import { secretsAndAudit } from "./0003-secrets-and-audit.ts";
import { logSinks } from "./0004-log-sinks.ts";
import type { Migration } from "./migration.ts";

/** Every step of the schema, oldest first. */
export const MIGRATIONS: readonly Migration[] = [firstTables, logBlocks, secretsAndAudit, logSinks];
