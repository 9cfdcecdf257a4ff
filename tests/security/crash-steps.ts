import { dieAt, type SourceChange } from "./source-changes.ts";

/** A moment at which a process dies as by `kill -9`. */
export interface CrashStep extends SourceChange {
  readonly step: string;
}

const RUN_START = "runs/run-start.ts";
const HAND_OVER = "vault/hand-over.ts";
const SUPERVISOR = "runs/run-supervisor.ts";
const DRIVER = "drivers/process/process-driver.ts";
const SUPERVISED = "drivers/process/supervisor/supervised-run.ts";
const CREDENTIALS = "vault/credentials.ts";

function before(step: string, file: string, find: string): CrashStep {
  return { step, file, find, put: `${dieAt(step)}\n${find}` };
}

function after(step: string, file: string, find: string): CrashStep {
  return { step, file, find, put: `${find}\n${dieAt(step)}` };
}

/** Everything that happens to a value on its way to a run, in order. The core dies there. */
export const HAND_OVER_STEPS: readonly CrashStep[] = [
  before("the wish is stored", SUPERVISOR, "this.#enqueue(run.id);\n    return run;"),
  before("the release is looked for", RUN_START, "const { manifest, spec: open } = await this.#prepare();"),
  before(
    "everything but the values is ready",
    RUN_START,
    "const spec = await this.#withSecrets(open, manifest);",
  ),
  before("the use is on the trail", HAND_OVER, "const handed = await this.#fetch(grant);"),
  before("the value is here", HAND_OVER, "records.markUsed(name"),
  before("the use is noted", HAND_OVER, "return handed;"),
  before("the outcome is on the trail", RUN_START, "this.#isSent = true;"),
  before("the folder of the run is there", DRIVER, "await packages.placeIn(folder.work);"),
  before(
    "the order is written",
    "drivers/process/supervisor-pool.ts",
    "const answer = await answered.promise;",
  ),
  before("the supervisor has answered", DRIVER, 'if (answer.type === "refused") throw'),
  before("the run is known to be running", RUN_START, 'return { kind: "running", attachment'),
  before("the first output is here", "runs/output-pump.ts", "await this.#store(chunk);"),
  before("the first output is stored", "runs/output-pump.ts", 'if (!("gap" in chunk)) onBytes(chunk);'),
  before("the end is known", SUPERVISOR, "if (end !== null) await this.#storeEnd(live.id"),
  before("the end is stored", SUPERVISOR, "this.#live.delete(live.id);"),
];

/** The same for the process that watches the run: it dies there, and the core goes on. */
export const SUPERVISOR_STEPS: readonly CrashStep[] = [
  before("the private files are written", SUPERVISED, "const child = launch(order, pair, env);"),
  before(
    "the process is started",
    SUPERVISED,
    "if (!(child instanceof Error)) feedDescriptors(child, secrets);",
  ),
  before("the start is on the disk", SUPERVISED, 'answer({ type: "started", record: started });'),
  before("the run has ended", SUPERVISED, "for (const mask of masks) mask.end();"),
  before("the private files are removed", SUPERVISED, 'writer.append("exit", encodeRecord(record));'),
];

/** The way of a new value into its store, in order. */
export const ROTATION_STEPS: readonly CrashStep[] = [
  before("the change is on the trail", CREDENTIALS, "records.addLeftovers(fresh"),
  before("the new name is on record", CREDENTIALS, "for (const { field, value } of fresh) await store.set"),
  before("the new value is in its store", CREDENTIALS, "records.save({ ...credential, fields: [...kept"),
  after(
    "the new value is the valid one",
    CREDENTIALS,
    "records.save({ ...credential, fields: [...kept, ...fresh.map(({ field }) => field)], changedAtMs });",
  ),
  before("the old value is deleted", CREDENTIALS, "return {\n      credential: this.#tell(name),"),
  {
    step: "the keychain has written",
    file: "vault/keychain/main.ts",
    find: "say({ id, value: await carryOut(request) });",
    put: `const value = await carryOut(request);\n${dieAt("the keychain has written")}\nsay({ id, value });`,
  },
];
