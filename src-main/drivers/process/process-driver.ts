import { access, mkdir, readdir } from "node:fs/promises";
import { cpus, release as systemRelease, totalmem } from "node:os";
import { AppError } from "#contract/errors.ts";
import { type RunId, runIdSchema } from "#contract/ids.ts";
import type { LoadSample } from "#contract/run.ts";
import type { TargetProbe } from "#contract/target.ts";
import type { Clock } from "#core/clock.ts";
import { decodeRecord, type StartedRecord } from "#core/spool/record.ts";
import { systemCodeOf, toDataError } from "#main/platform/index.ts";
import type { AdoptRequest, Driver, OnProgress, RunHandle, RunSpec } from "../driver.ts";
import { SecretFolders } from "../shared/secret-folders.ts";
import { SpoolTail } from "../shared/spool-tail.ts";
import { type AppliedLimits, applyLimits, enterGroups } from "./cgroup.ts";
import { removeGroups } from "./cgroup-group.ts";
import { findCommand } from "./command-path.ts";
import { LocalRun, type LocalRunDeps } from "./local-run.ts";
import { Packages, type PreparedPackages } from "./packages.ts";
import { createProcessTable, isAlive, type ProcessTable } from "./process-table.ts";
import { endTree } from "./process-tree.ts";
import { createRunEnvironment, searchPathOf } from "./run-environment.ts";
import { RunFolder } from "./run-folder.ts";
import type { RunOrder } from "./supervisor/order.ts";
import { type OrderOutcome, SupervisorPool } from "./supervisor-pool.ts";
import { readLoadHistory } from "./watch-records.ts";

export interface ProcessDriverDeps {
  /** One folder per run. Made when missing. */
  readonly runsFolder: string;
  /** Packages of releases, shared by their runs. Made when missing. */
  readonly environmentsFolder: string;
  /** The supervisor's script: `dist/main/run-supervisor.js`, or its source. */
  readonly supervisorScript: string;
  readonly nodeExecutable: string;
  /** What the executable needs to act as Node, e.g. ELECTRON_RUN_AS_NODE; empty for Node itself. */
  readonly nodeEnvironment?: Readonly<Record<string, string>>;
  /** The environment Pilothouse runs in; runs inherit a short allow-list of it. */
  readonly hostEnvironment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly platform?: NodeJS.Platform;
  /** For tests: size at which a new spool file begins, and how long orphans may write. */
  readonly spool?: { readonly rotateBytes?: number; readonly drainMs?: number };
}

const ROTATE_BYTES = 4 << 20;
const DRAIN_MS = 2_000;
/** A core that dies right after giving an order may be back before the supervisor has written. */
const FIRST_FRAME_MS = 500;
const LOOK_MS = 25;
const END_MS = 2_000;
/** No process has this number. */
const NOBODY = { pid: 0, startTime: "" };

/** The driver of this computer. */
export interface ProcessDriver extends Driver {
  /** Removes private files of runs that died before they could do so themselves. */
  sweepSecrets(): Promise<void>;
}

export function createProcessDriver(deps: ProcessDriverDeps): ProcessDriver {
  return new LocalDriver(deps);
}

/** Runs agents as processes of this computer, each watched by a supervisor that outlives the core. */
class LocalDriver implements ProcessDriver {
  readonly kind = "process";
  readonly capabilities = {
    survivesAppExit: true,
    terminal: false,
    loadSamples: true,
    screenshots: true,
    secrets: true,
    runtime: "process",
  } as const;
  readonly #deps: ProcessDriverDeps;
  readonly #platform: NodeJS.Platform;
  readonly #table: ProcessTable;
  readonly #pool: SupervisorPool;
  readonly #packages: Packages;
  readonly #secrets: SecretFolders;
  readonly #watched = new Set<LocalRun>();
  #hasFolders = false;

  constructor(deps: ProcessDriverDeps) {
    const nodeEnvironment = deps.nodeEnvironment ?? {};
    this.#deps = deps;
    this.#platform = deps.platform ?? process.platform;
    this.#table = createProcessTable(this.#platform);
    this.#pool = new SupervisorPool({
      nodeExecutable: deps.nodeExecutable,
      nodeEnvironment,
      script: deps.supervisorScript,
      searchPath: searchPathOf(deps.hostEnvironment),
      folder: deps.runsFolder,
      clock: deps.clock,
    });
    this.#packages = new Packages({
      folder: deps.environmentsFolder,
      host: deps.hostEnvironment,
      platform: this.#platform,
    });
    this.#secrets = new SecretFolders({
      runsFolder: deps.runsFolder,
      host: deps.hostEnvironment,
      platform: this.#platform,
    });
  }

  async probe(signal: AbortSignal): Promise<TargetProbe> {
    refuseAborted(signal);
    return {
      isReachable: true,
      atMs: this.#deps.clock.nowMs(),
      facts: [
        { key: "system", value: `${this.#platform} ${systemRelease()}` },
        { key: "processors", value: String(cpus().length) },
        { key: "memoryBytes", value: String(totalmem()) },
      ],
      warnings: [],
    };
  }

  async prepare(spec: RunSpec, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    refuseAborted(signal);
    await this.#makeFolders();
    this.#pool.warmUp();
    await this.#packages.prepare(spec, onProgress, signal);
  }

  async start(spec: RunSpec, signal: AbortSignal): Promise<RunHandle> {
    refuseAborted(signal);
    await this.#makeFolders();
    this.#pool.warmUp();
    const packages = await this.#packages.prepare(spec, () => undefined, signal);
    const folder = new RunFolder(this.#deps.runsFolder, spec.runId);
    const { env, command } = await this.#resolve(spec, packages, folder);
    await folder.create(spec);
    let limits: AppliedLimits = { reports: [], folders: [] };
    let outcome: Exclude<OrderOutcome, { type: "refused" }>;
    try {
      await packages.placeIn(folder.work);
      limits = await applyLimits(spec.runId, spec.limits, this.#platform);
      refuseAborted(signal);
      const order = this.#order(spec, { folder, env, command, limits });
      const answer = await this.#pool.give({ ...order, ...(await this.#orderSecrets(spec)) });
      if (answer.type === "refused") throw refused(command[0] ?? "", answer);
      outcome = answer;
    } catch (error) {
      // After a supervisor that failed halfway there may be a process; it carries the run's id.
      await endTree(
        this.#table,
        { runId: spec.runId, root: NOBODY, recorded: [], cgroups: limits.folders },
        END_MS,
      );
      await removeGroups(limits.folders);
      await this.#secrets.remove(spec.runId);
      await folder.remove();
      throw error;
    }
    const run = this.#watch({ folder, started: outcome.record, afterCursor: null, samplesFrom: "beginning" });
    if (!signal.aborted) return run;
    await run.stop("hard");
    await run.detach();
    throw cancelled();
  }

  async adopt(request: AdoptRequest, signal: AbortSignal): Promise<RunHandle | null> {
    refuseAborted(signal);
    const folder = new RunFolder(this.#deps.runsFolder, request.runId);
    if (!(await exists(folder.spool))) return null;
    const started = await this.#waitForStarted(folder);
    if (started === null) return null;
    const hasEnded = !(await isAlive(this.#table, started.supervisor));
    return this.#watch({ folder, started, afterCursor: request.afterCursor, samplesFrom: "now", hasEnded });
  }

  async list(signal: AbortSignal): Promise<readonly RunId[]> {
    refuseAborted(signal);
    const names = await this.#readRunsFolder();
    return names.flatMap((name) => runIdSchema.safeParse(name).data ?? []).sort();
  }

  /** @throws Error when the run still lives: removing its folder would leave it running unseen */
  async remove(runId: RunId): Promise<void> {
    const folder = new RunFolder(this.#deps.runsFolder, runId);
    if (!(await exists(folder.path))) return;
    const started = await readStarted(folder);
    if (started !== null) {
      if (await isAlive(this.#table, started.process))
        throw new Error(`run ${runId} is alive and cannot be removed`);
      await removeGroups(started.cgroups);
    }
    try {
      await folder.remove();
    } catch (error) {
      throw toDataError(error, folder.path);
    }
  }

  async sweepSecrets(): Promise<void> {
    await this.#secrets.sweep(async (runId) => {
      const started = await readStarted(new RunFolder(this.#deps.runsFolder, runId)).catch(() => null);
      // Without a record a start may be going on, but no core of this folder is starting anything yet.
      return started !== null && (await isAlive(this.#table, started.supervisor));
    });
  }

  async loadHistory(runId: RunId): Promise<readonly LoadSample[]> {
    const folder = new RunFolder(this.#deps.runsFolder, runId);
    return (await exists(folder.watch)) ? readLoadHistory(folder.watch) : [];
  }

  /** Lets go of everything; runs go on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pool.close();
    await Promise.all([...this.#watched].map((run) => run.detach()));
  }

  async #resolve(
    spec: RunSpec,
    packages: PreparedPackages,
    folder: RunFolder,
  ): Promise<{ env: Readonly<Record<string, string>>; command: readonly string[] }> {
    const host = this.#deps.hostEnvironment;
    const env = createRunEnvironment(spec, { host, platform: this.#platform, packages, folder });
    const [program = "", ...args] = spec.command;
    const path = await findCommand({
      program,
      releaseFolder: spec.releaseFolder,
      workFolder: folder.work,
      // They are also in the search path, but only exist in the working folder once it was made.
      ownFolders: packages.folders(spec.releaseFolder),
      searchPath: searchPathOf(env),
      endings: this.#platform === "win32" ? (env["PATHEXT"] ?? ".EXE;.CMD;.BAT").split(";") : [],
      nodeExecutable: this.#deps.nodeExecutable,
    });
    // Where Pilothouse's own runtime is not Node itself, it needs to be told to act as Node.
    const isOwnNode = path === this.#deps.nodeExecutable;
    const extra = isOwnNode ? (this.#deps.nodeEnvironment ?? {}) : {};
    return { env: { ...extra, ...env }, command: [path, ...args] };
  }

  #order(
    spec: RunSpec,
    made: {
      readonly folder: RunFolder;
      readonly env: Readonly<Record<string, string>>;
      readonly command: readonly string[];
      readonly limits: AppliedLimits;
    },
  ): RunOrder {
    return {
      runId: spec.runId,
      folder: made.folder.path,
      command: enterGroups(made.limits.folders, made.command),
      env: made.env,
      workFolder: made.folder.work,
      limits: made.limits.reports,
      cgroups: made.limits.folders,
      graceMs: spec.graceMs,
      rotateBytes: this.#deps.spool?.rotateBytes ?? ROTATE_BYTES,
      drainMs: this.#deps.spool?.drainMs ?? DRAIN_MS,
    };
  }

  async #orderSecrets({ runId, secrets }: RunSpec): Promise<Pick<RunOrder, "secrets">> {
    if (secrets === undefined) return {};
    return { secrets: { ...secrets, folder: await this.#secrets.of(runId) } };
  }

  /** The one way to a handle, for runs just started and for those found again. */
  #watch(request: Omit<LocalRunDeps, "table" | "clock" | "onLetGo">): LocalRun {
    const run = new LocalRun({
      ...request,
      table: this.#table,
      clock: this.#deps.clock,
      onLetGo: (over) => this.#watched.delete(over),
    });
    this.#watched.add(run);
    // Its supervisor has done so, unless it died first.
    void run.exit.then(
      () => this.#secrets.remove(request.folder.runId),
      () => undefined,
    );
    return run;
  }

  async #waitForStarted(folder: RunFolder): Promise<StartedRecord | null> {
    const { clock } = this.#deps;
    const deadlineMs = clock.monotonicMs() + FIRST_FRAME_MS;
    while (true) {
      const started = await readStarted(folder);
      if (started !== null || clock.monotonicMs() > deadlineMs) return started;
      await new Promise<void>((resolve) => {
        clock.after(LOOK_MS, resolve);
      });
    }
  }

  async #makeFolders(): Promise<void> {
    if (this.#hasFolders) return;
    for (const folder of [this.#deps.runsFolder, this.#deps.environmentsFolder]) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
      } catch (error) {
        throw toDataError(error, folder);
      }
    }
    this.#hasFolders = true;
  }

  async #readRunsFolder(): Promise<readonly string[]> {
    try {
      return await readdir(this.#deps.runsFolder);
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return [];
      throw toDataError(error, this.#deps.runsFolder);
    }
  }
}

/** Every file of a spool begins with the start record, so the oldest one that is left has it. */
async function readStarted(folder: RunFolder): Promise<StartedRecord | null> {
  const tail = new SpoolTail(folder.spool, { from: null, isTornToldAgain: false });
  try {
    const [first] = await tail.readMore();
    return first?.kind === "started" ? decodeRecord<StartedRecord>(first.payload) : null;
  } finally {
    await tail.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function refused(command: string, why: { readonly code: string; readonly problem: string }): AppError {
  const { problem } = why;
  return new AppError("start.refused", `The system refused to start ${command}: ${problem}`, {
    details: { command, problem },
  });
}

function refuseAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}

function cancelled(): AppError {
  return new AppError("run.cancelled", "The request was taken back");
}
