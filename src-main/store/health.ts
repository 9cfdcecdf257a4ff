import { RUN_REASONS, RUN_STATES } from "#contract/run.ts";
import { type Database, isDamage } from "./database.ts";
import { isImplausible, versionOfFile } from "./migrate.ts";

/** Up to this size (some 30,000 runs) indexes are compared with their tables; beyond it that would hold up the start. */
const THOROUGH_LIMIT_BYTES = 32 * 1024 * 1024;

/**
 * What is wrong with the file; null when it is sound. Reads every page and looks for words that no version ever
 * wrote, which the page checks cannot see.
 *
 * @throws what SQLite throws for anything that is no damage (a failing disk, a held lock)
 */
export function findDamage(db: Database): string | null {
  try {
    const version = versionOfFile(db);
    if (isImplausible(version)) return `the version ${version} cannot be`;
    const check = sizeBytesOf(db) <= THOROUGH_LIMIT_BYTES ? "integrity_check" : "quick_check";
    const verdict = String(db.pragma(`${check}(1)`, { simple: true }));
    if (verdict !== "ok") return verdict;
    return version === 0 ? null : findStrangeWord(db);
  } catch (error) {
    if (isDamage(error) || isBrokenSchema(error))
      return error instanceof Error ? error.message : String(error);
    throw error;
  }
}

/**
 * The words the columns may hold. A word that is added to the contract needs a migration, even an empty one: its
 * number keeps older programs, which would take the word for damage, away from the file.
 */
export const STORED_WORDS = {
  states: RUN_STATES,
  reasons: RUN_REASONS,
  healths: ["none", "waiting", "healthy", "unhealthy"],
  doors: ["window", "cli", "restart-policy", "startup"],
  intents: ["user-soft", "user-hard", "time-limit", "unhealthy"],
  images: ["image/png", "image/jpeg", "image/webp", "image/gif"],
} as const;

const STRANGE_WORDS = `
  SELECT 'run ' || id AS place FROM runs
  WHERE state NOT IN (SELECT value FROM json_each(:states))
    OR reason_code NOT IN (SELECT value FROM json_each(:reasons))
    OR health NOT IN (SELECT value FROM json_each(:healths))
    OR door NOT IN (SELECT value FROM json_each(:doors))
    OR stop_intent NOT IN (SELECT value FROM json_each(:intents))
    OR id GLOB '*[^0-9a-hjkmnp-tv-z]*'
    OR length(previous_run_id) <> 16 OR previous_run_id GLOB '*[^0-9a-hjkmnp-tv-z]*'
    OR length(release) <> 64 OR release GLOB '*[^0-9a-f]*'
    OR agent NOT GLOB '[a-z]*' OR agent GLOB '*[^a-z0-9-]*'
    OR target NOT GLOB '[a-z]*' OR target GLOB '*[^a-z0-9-]*'
  UNION ALL
  SELECT 'screenshot ' || id FROM screenshots
  WHERE mime_type NOT IN (SELECT value FROM json_each(:images))
  UNION ALL
  SELECT 'agent ' || name FROM agents
  WHERE name NOT GLOB '[a-z]*' OR name GLOB '*[^a-z0-9-]*'
    OR length(release) <> 64 OR release GLOB '*[^0-9a-f]*'
  LIMIT 1`;

function findStrangeWord(db: Database): string | null {
  const words = Object.fromEntries(
    Object.entries(STORED_WORDS).map(([name, list]) => [name, JSON.stringify(list)]),
  );
  const place = db.prepare<[object], string>(STRANGE_WORDS).pluck().get(words);
  return place === undefined ? null : `${place} holds what was never written`;
}

function sizeBytesOf(db: Database): number {
  return Number(db.pragma("page_count", { simple: true })) * Number(db.pragma("page_size", { simple: true }));
}

/** Damage inside the stored schema shows as a plain error: `malformed database schema`, `no such table`. */
function isBrokenSchema(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "SQLITE_ERROR";
}
