import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Clock } from "#core/clock.ts";
import { removeDurably, systemCodeOf, toDataError, writeDurably } from "#main/platform/index.ts";

const recordSchema = z.object({ failures: z.number().int().min(0), untilMs: z.number() });
type Attempts = z.infer<typeof recordSchema>;

const NONE: Attempts = { failures: 0, untilMs: 0 };
/** So many may be wrong before there is a wait: fingers slip. */
const FREE_FAILURES = 2;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * Counts wrong passphrases in a file beside the vault, so that a restart does not begin anew. Every attempt is
 * counted before it is tried: ending the program while it is tried saves nothing.
 */
export class PassphraseAttempts {
  readonly #file: string;
  readonly #clock: Clock;

  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Time until the next attempt is tried; 0 for at once. A clock that was set back makes nobody wait longer. */
  async waitMs(): Promise<number> {
    const { untilMs, failures } = await this.#read();
    return Math.min(Math.max(0, untilMs - this.#clock.nowMs()), waitAfter(failures));
  }

  /** Counts an attempt as wrong, until `clear` says otherwise. Durable when it resolves. */
  async count(): Promise<void> {
    const failures = (await this.#read()).failures + 1;
    const untilMs = this.#clock.nowMs() + waitAfter(failures);
    await writeDurably(this.#file, JSON.stringify({ failures, untilMs } satisfies Attempts));
  }

  async clear(): Promise<void> {
    await removeDurably(this.#file);
  }

  async #read(): Promise<Attempts> {
    let text: string;
    try {
      text = await readFile(this.#file, "utf8");
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return NONE;
      throw toDataError(error, this.#file);
    }
    return parsed(text) ?? { failures: FREE_FAILURES + 1, untilMs: this.#clock.nowMs() + FIRST_WAIT_MS };
  }
}

/** Null for what nobody wrote here; it counts as a wrong attempt, or damaging the file would pay. */
function parsed(text: string): Attempts | null {
  try {
    return recordSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function waitAfter(failures: number): number {
  if (failures <= FREE_FAILURES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - FREE_FAILURES - 1));
}
