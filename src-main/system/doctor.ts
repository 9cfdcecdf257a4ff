import { AppError } from "#contract/errors.ts";
import type { DoctorFindingCode, Phrase, PhraseDetails } from "#contract/phrase.ts";
import type { DoctorCheck } from "#contract/system.ts";
import type { Clock } from "#core/clock.ts";
import { formatDuration, formatSize } from "#core/units.ts";
import type { StoreRecovery } from "#main/store/index.ts";
import type { ComputerFacts } from "./computer-facts.ts";

export interface DoctorDeps {
  readonly facts: Pick<ComputerFacts, "system" | "space" | "python" | "node" | "browser" | "cgroups">;
  readonly dataFolder: string;
  /** Proves that the data folder can be written. @throws AppError `data.*` */
  readonly tryDataFolder: () => Promise<void>;
  /** Proves that the database answers. @throws AppError `data.*` */
  readonly tryDatabase: () => void;
  readonly databaseFile: string;
  readonly sqliteVersion: string;
  readonly recovery: StoreRecovery | null;
  /** Ids of runs that only a target knows. */
  readonly orphans: () => Promise<readonly string[]>;
  readonly clock: Clock;
}

const LITTLE_SPACE_BYTES = 1024 ** 3;
const NO_SPACE_BYTES = 64 * 1024 ** 2;
const OLDEST_SQLITE = [3, 51, 3] as const;
const CLOCK_TOLERANCE_MS = 5_000;

type Finding = Omit<DoctorCheck, "id">;

/** Says what works, what does not, and what to do about it. Every check is made anew when it is asked for. */
export class Doctor {
  readonly #deps: DoctorDeps;
  readonly #startWallMs: number;
  readonly #startMonotonicMs: number;

  constructor(deps: DoctorDeps) {
    this.#deps = deps;
    this.#startWallMs = deps.clock.nowMs();
    this.#startMonotonicMs = deps.clock.monotonicMs();
  }

  async examine(): Promise<readonly DoctorCheck[]> {
    return await Promise.all([
      check("system", () => this.#system()),
      check("data-folder", () => this.#dataFolder()),
      check("disk-space", () => this.#space()),
      check("database", async () => this.#database()),
      check("sqlite", async () => this.#sqlite()),
      check("store-recovery", async () => this.#recovery()),
      check("runtime", () => this.#runtime()),
      check("python", () => this.#python()),
      check("browser", () => this.#browser()),
      check("cgroups", () => this.#cgroups()),
      check("clock", async () => this.#clock()),
      check("orphans", () => this.#orphans()),
    ]);
  }

  async #system(): Promise<Finding> {
    const system = await this.#deps.facts.system();
    return ok(system, finding("system", { system }));
  }

  async #dataFolder(): Promise<Finding> {
    await this.#deps.tryDataFolder();
    const folder = this.#deps.dataFolder;
    return ok(`${folder} can be written`, finding("folder-writable", { folder }));
  }

  async #space(): Promise<Finding> {
    const { freeBytes } = await this.#deps.facts.space();
    const details = { freeBytes, folder: this.#deps.dataFolder };
    const found = `${formatSize(freeBytes)} are free for ${details.folder}`;
    if (freeBytes < NO_SPACE_BYTES) {
      return failed(found, "Free some space: logs and states need it.", finding("space-none", details));
    }
    if (freeBytes < LITTLE_SPACE_BYTES) {
      return warning(found, "Free some space before logs fill the disk.", finding("space-little", details));
    }
    return ok(found, finding("space-enough", details));
  }

  #database(): Finding {
    this.#deps.tryDatabase();
    const file = this.#deps.databaseFile;
    return ok(`${file} answers`, finding("database-answers", { file }));
  }

  #sqlite(): Finding {
    const { sqliteVersion } = this.#deps;
    const isOld = compareVersions(sqliteVersion, OLDEST_SQLITE) < 0;
    if (isOld) {
      const advice = `Install Pilothouse anew: SQLite before ${OLDEST_SQLITE.join(".")} can damage its files.`;
      return failed(
        sqliteVersion,
        advice,
        finding("sqlite-old", { version: sqliteVersion, oldest: OLDEST_SQLITE.join(".") }),
      );
    }
    return ok(sqliteVersion, finding("sqlite-fine", { version: sqliteVersion }));
  }

  #recovery(): Finding {
    const { recovery } = this.#deps;
    if (recovery === null) return ok("The database was sound when it was opened", finding("recovery-none"));
    const kept = recovery.keptAs === null ? "" : `; the damaged file was kept as ${recovery.keptAs}`;
    const source = recovery.restoredFrom ?? "nothing: there was no good copy";
    return warning(
      `The database was damaged (${recovery.problem}) and restored from ${source}${kept}`,
      "Look through the latest runs: what happened after the copy is missing. Check the disk.",
      finding("recovery-restored", {
        problem: recovery.problem,
        source: recovery.restoredFrom ?? "",
        kept: recovery.keptAs ?? "",
      }),
    );
  }

  async #runtime(): Promise<Finding> {
    const version = await this.#deps.facts.node();
    if (version !== null) return ok(`Node ${version}`, finding("runtime-found", { version }));
    return failed(
      "The Node that watches runs cannot be started",
      "Install Pilothouse anew with npm install.",
      finding("runtime-missing"),
    );
  }

  async #python(): Promise<Finding> {
    const version = await this.#deps.facts.python();
    if (version !== null) return ok(`Python ${version}`, finding("python-found", { version }));
    return warning(
      "No Python was found",
      "Install Python 3 for agents that are written in it.",
      finding("python-missing"),
    );
  }

  async #browser(): Promise<Finding> {
    const browser = await this.#deps.facts.browser();
    if (browser !== null) return ok(browser, finding("browser-found", { path: browser }));
    return warning(
      "No browser was found",
      "Install Chromium or Chrome for agents that use one.",
      finding("browser-missing"),
    );
  }

  async #cgroups(): Promise<Finding> {
    const state = await this.#deps.facts.cgroups();
    if (state === "writable") {
      return ok("Limits of CPU, memory and processes can be enforced", finding("limits-enforced"));
    }
    const advice = "Agents run without enforced limits; their pages say which ones.";
    return warning(
      state === "none"
        ? "This system has no control groups"
        : "Control groups cannot be written by this user",
      advice,
      finding(state === "none" ? "limits-none" : "limits-refused"),
    );
  }

  #clock(): Finding {
    const { clock } = this.#deps;
    const wallMs = clock.nowMs() - this.#startWallMs;
    const driftMs = wallMs - (clock.monotonicMs() - this.#startMonotonicMs);
    if (Math.abs(driftMs) <= CLOCK_TOLERANCE_MS)
      return ok("The clock has gone evenly since Pilothouse was started", finding("clock-even"));
    const direction = driftMs > 0 ? "forward" : "back";
    return warning(
      `The clock was moved ${direction} by ${formatDuration(Math.abs(driftMs))} since Pilothouse was started`,
      "Times in histories before and after the change do not fit together; time limits are not affected.",
      finding(`clock-${direction}`, { byMs: Math.abs(driftMs) }),
    );
  }

  async #orphans(): Promise<Finding> {
    const ids = await this.#deps.orphans();
    if (ids.length === 0) return ok("Nothing runs that Pilothouse does not know", finding("orphans-none"));
    return warning(
      `${ids.length} runs have folders here but are not in the database: ${ids.slice(0, 5).join(", ")}`,
      "They may come from a database that was restored. Look at their folders before you remove them.",
      finding("orphans-found", { count: ids.length, ids: ids.slice(0, 5).join(", ") }),
    );
  }
}

async function check(id: string, examine: () => Promise<Finding>): Promise<DoctorCheck> {
  try {
    return { id, ...(await examine()) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const facts =
      error instanceof AppError ? { ...error.details, code: error.code, problem } : { code: "", problem };
    const advice = "Nothing else can be said before this works.";
    return { id, status: "failed", found: problem, advice, ...finding("check-failed", facts) };
  }
}

interface Said {
  readonly finding: Phrase<DoctorFindingCode>;
}

function finding(code: DoctorFindingCode, details: PhraseDetails = {}): Said {
  return { finding: { code, details } };
}

function ok(found: string, said: Said): Finding {
  return { status: "ok", found, advice: "", ...said };
}

function warning(found: string, advice: string, said: Said): Finding {
  return { status: "warning", found, advice, ...said };
}

function failed(found: string, advice: string, said: Said): Finding {
  return { status: "failed", found, advice, ...said };
}

function compareVersions(version: string, other: readonly number[]): number {
  const parts = version.split(".").map(Number);
  for (const [index, part] of other.entries()) {
    const difference = (parts[index] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}
