import { AppError } from "#contract/errors.ts";
import { type Manifest, manifestSchema } from "#contract/manifest.ts";
import { PREPARE_STEPS } from "#contract/phrase.ts";
import type { LimitReport } from "#contract/run.ts";
import { type SecretStoreKind, secretStoreSchema } from "#contract/vault.ts";
import type { Clock } from "#core/clock.ts";
import { type RunPlan, resolvePlan } from "#core/manifest/class-defaults.ts";
import { fillInPort } from "#core/port-text.ts";
import { formatDuration } from "#core/units.ts";
import type { Driver, RunHandle, RunSpec } from "#main/drivers/index.ts";
import type { LogStore, LogWriter } from "#main/logs/index.ts";
import { isUnavailable } from "#main/vault/index.ts";
import type { FreePorts } from "./free-ports.ts";
import type { Attachment } from "./live-run.ts";
import type { RunBook } from "./run-book.ts";
import { refuseWithoutConsent } from "./run-consents.ts";
import { recipeOf } from "./run-recipe.ts";
import type { StoredRun } from "./run-records.ts";
import type { AgentSource, ConsentSource, PreparedRelease, SecretSource, VariableSource } from "./sources.ts";

export interface RunStartDeps {
  readonly book: RunBook;
  readonly agents: AgentSource;
  readonly logs: Pick<LogStore, "openWriter">;
  readonly ports: FreePorts;
  readonly driver: Driver;
  readonly secrets: SecretSource;
  readonly consents: ConsentSource;
  readonly variables: VariableSource;
  readonly clock: Clock;
}

/** A copy that takes longer is shown. */
const SLOW_COPY_MS = 150;

/** What a start came to. */
export type StartResult =
  | { readonly kind: "running"; readonly attachment: Attachment }
  /** Nothing of it runs. */
  | { readonly kind: "refused"; readonly error: unknown }
  /** Nothing of it runs, and it can as soon as this store of secrets is open. */
  | { readonly kind: "waiting"; readonly store: SecretStoreKind; readonly error: AppError }
  /** Whether it runs must be asked: the start was sent and its answer is missing. */
  | { readonly kind: "unknown"; readonly error: unknown };

interface StartFacts {
  readonly plan: RunPlan;
  readonly port: number | null;
  readonly variables: Readonly<Record<string, string>>;
}

/** One start of one run, from the stored wish to the running process. */
export class RunStart {
  readonly #deps: RunStartDeps;
  readonly #stored: StoredRun;
  readonly #abort = new AbortController();
  #isSent = false;

  constructor(stored: StoredRun, deps: RunStartDeps) {
    this.#stored = stored;
    this.#deps = deps;
  }

  get #id() {
    return this.#stored.run.id;
  }

  /** Takes the start back; what was prepared so far stays for the next time. */
  cancel(): void {
    this.#abort.abort();
  }

  /** Takes the start back unless the target was already asked to run it. */
  cancelUnlessSent(): void {
    if (!this.#isSent) this.#abort.abort();
  }

  async run(): Promise<StartResult> {
    let writer: LogWriter | null = null;
    let handle: RunHandle | null = null;
    try {
      this.#deps.book.change(this.#id, {
        state: "starting",
        reason: preparing(PREPARE_STEPS["copying-folder"]),
      });
      const { manifest, spec: open } = await this.#prepare();
      writer = await this.#deps.logs.openWriter(this.#id);
      const spec = await this.#withSecrets(open, manifest);
      this.#refuseCancelled();
      this.#isSent = true;
      handle = await this.#deps.driver.start(spec, this.#abort.signal);
      this.#storeRunning(handle);
      return { kind: "running", attachment: { handle, writer } };
    } catch (error) {
      // Whoever deals with the failed start opens the log and the run again, and reports what is wrong with them.
      await Promise.allSettled([writer?.release(), handle?.detach()]);
      const store = this.#isSent ? null : closedStoreOf(error);
      if (store !== null) return { kind: "waiting", ...store };
      return { kind: this.#isSent && !isRefusal(error) ? "unknown" : "refused", error };
    }
  }

  /** What can be refused without a value is refused before anything is made ready. */
  #checkCredentials(manifest: Manifest): void {
    const { driver, secrets } = this.#deps;
    const { agent } = this.#stored.run;
    const uses = manifest.credentials ?? [];
    const [first] = uses;
    if (first !== undefined && driver.capabilities.secrets !== true) {
      const problem = "this kind of target cannot be given credentials";
      throw new AppError("start.credential_unavailable", `The credential ${first.name}: ${problem}`, {
        details: { agent, credential: first.name, problem },
      });
    }
    secrets.check(agent, uses);
  }

  /** The last step before the process: values are fetched when nothing else can keep it from starting. */
  async #withSecrets(spec: RunSpec, manifest: Manifest): Promise<RunSpec> {
    const { book, secrets } = this.#deps;
    const uses = manifest.credentials ?? [];
    if (uses.length === 0) return spec;
    const { agent, door, target } = this.#stored.run;
    const { unmasked, ...handed } = await secrets.give({ runId: this.#id, agent, target, door, uses });
    for (const field of unmasked) {
      const note = { code: "secret-unmasked", details: { field } } as const;
      book.note(this.#id, {
        kind: "note",
        text: `The value of ${field} is too short to be masked in output`,
        note,
      });
    }
    return { ...spec, secrets: handed };
  }

  async #prepare(): Promise<{ manifest: Manifest; spec: RunSpec }> {
    const { book, driver } = this.#deps;
    const prepared = await this.#prepareRelease();
    const { manifest } = prepared;
    const { agent, target } = this.#stored.run;
    // What was given can have been taken back, and what is asked for can have become more.
    refuseWithoutConsent(manifest, this.#deps.consents.given(agent), { driver, target });
    this.#checkCredentials(manifest);
    const variables = this.#deps.variables.valuesFor(agent, manifest.variables ?? []);
    this.#refuseCancelled();
    const plan = resolvePlan(manifest);
    const port = plan.needsPort ? await this.#takePort() : null;
    book.change(this.#id, {
      state: "starting",
      reason: preparing(PREPARE_STEPS["making-ready"]),
      release: prepared.release,
      ...(port === null ? {} : { port }),
    });
    const spec = this.#specOf(prepared, { plan, port, variables });
    const onProgress = (step: string) => {
      if (!this.#abort.signal.aborted) book.change(this.#id, { reason: preparing(step) });
    };
    await driver.prepare(spec, onProgress, this.#abort.signal);
    return { manifest, spec };
  }

  /**
   * Every step that is stored waits for the disk. A release that is there already, which is the rule, is found
   * before `starting` would have been stored on its own; only a slow copy is told about.
   */
  async #prepareRelease(): Promise<PreparedRelease> {
    const { agents, book, clock } = this.#deps;
    const timer = clock.after(SLOW_COPY_MS, () => {
      if (this.#abort.signal.aborted) return;
      try {
        book.change(this.#id, { state: "starting", reason: preparing(PREPARE_STEPS["copying-folder"]) });
      } catch {
        // The next step stores the state too, and fails where somebody hears it.
      }
    });
    try {
      return await agents.prepareStart(this.#stored.run.agent, this.#abort.signal);
    } finally {
      timer.cancel();
    }
  }

  async #takePort(): Promise<number> {
    const { ports } = this.#deps;
    const { port } = this.#stored.run;
    if (port !== null) return port;
    return await ports.take();
  }

  #specOf(prepared: PreparedRelease, given: StartFacts): RunSpec {
    const { run } = this.#stored;
    const { manifest } = prepared;
    const recipe = recipeOf(manifest, this.#deps.driver.capabilities.runtime);
    return {
      runId: run.id,
      agent: run.agent,
      release: prepared.release,
      releaseFolder: prepared.releaseFolder,
      ...recipe,
      command: recipe.command.map((part) => fillInPort(part, given.port)),
      env: {
        ...Object.fromEntries(
          Object.entries(manifest.env ?? {}).map(([name, value]) => [name, fillInPort(value, given.port)]),
        ),
        ...given.variables,
      },
      inputJson: run.inputJson,
      limits: given.plan.limits,
      graceMs: given.plan.graceMs,
      port: given.port,
    };
  }

  #storeRunning(handle: RunHandle): void {
    const { book } = this.#deps;
    const manifest = manifestSchema.parse(JSON.parse(this.#stored.manifestJson));
    book.change(this.#id, {
      state: "running",
      reason: null,
      ref: handle.ref,
      pid: handle.pid,
      startedAtMs: handle.startedAtMs,
      limits: [...handle.limits, ...timeLimitOf(manifest)],
    });
    if (book.get(this.#id).stopIntent !== null) book.change(this.#id, { state: "stopping" });
  }

  #refuseCancelled(): void {
    if (this.#abort.signal.aborted) throw new AppError("run.cancelled", "The start was taken back");
  }
}

function preparing(step: string) {
  const code = Object.entries(PREPARE_STEPS).find(([, text]) => text === step)?.[0];
  return { code: "preparing", details: { step, ...(code === undefined ? {} : { stepCode: code }) } } as const;
}

/** A driver that names a `start.*` problem, or took the start back, knows that nothing runs. */
function isRefusal(error: unknown): boolean {
  return error instanceof AppError && (error.code.startsWith("start.") || error.code === "run.cancelled");
}

/** The store that a failed start waits for; null when waiting would not help. */
function closedStoreOf(error: unknown): { store: SecretStoreKind; error: AppError } | null {
  if (!isUnavailable(error)) return null;
  return { store: secretStoreSchema.parse(error.details["store"]), error };
}

function timeLimitOf(manifest: Manifest): readonly LimitReport[] {
  const { timeoutMs } = resolvePlan(manifest);
  if (timeoutMs === null) return [];
  const how = "Pilothouse stops the run; when it was closed meanwhile, as soon as it is started again";
  return [
    {
      limit: "timeout",
      wanted: manifest.limits?.timeout ?? formatDuration(timeoutMs),
      isEnforced: true,
      how,
      means: { code: "pilothouse-clock", details: {} },
    },
  ];
}
