// Every flow that touches a secret, cut short at every step, in processes of their own, so that all they start is seen.
import { access, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { CoreChild } from "#tests/helpers/core-child.ts";
import { writeAgent } from "#tests/helpers/core-harness.ts";
import { CANARIES, canaryAgent, courierAgent } from "./canaries.ts";
import { environmentsWith, filesWith, privateFilesOf, until } from "./canary-search.ts";
import { type CrashStep, HAND_OVER_STEPS, ROTATION_STEPS, SUPERVISOR_STEPS } from "./crash-steps.ts";
import { environmentOf } from "./source-changes.ts";

/** What the whole flow came to; the test searches the rest. */
export interface LongSightings {
  readonly answers: string;
  readonly environments: Awaited<ReturnType<typeof environmentsWith>>;
  readonly crashes: readonly CrashSighting[];
  readonly isChainWhole: boolean;
}

export interface CrashSighting {
  readonly step: string;
  /** Files with a value right after the crash, before anybody tidied up. */
  readonly hits: readonly string[];
  /** Private files that are left once the next core has settled. */
  readonly left: readonly string[];
  /** The run of the step, in the end; null for steps without one. */
  readonly state: string | null;
  /** How often it was really executed. */
  readonly executions: number;
  /** Whether the next run was given a value that is valid. */
  readonly isValueWhole: boolean;
  /** Whether the trail says that the run was to be given it. */
  readonly isOnTrail: boolean;
}

const [base = ""] = process.argv.slice(2);
const place = (name: string) => path.join(base, name);
const data = place("data");
const dieFile = place("die-at");
const notes = place("notes");
const SECRETS = [CANARIES.password, CANARIES.key, CANARIES.rotated];

const steps = [...HAND_OVER_STEPS, ...SUPERVISOR_STEPS, ...ROTATION_STEPS];
const open = () => CoreChild.open(data, environmentOf(steps, dieFile));
let core = await open();
let answers = "";
let password: string = CANARIES.password;
await writeFile(notes, "");

const agents = [
  ["worker", canaryAgent({ go: place("go"), ready: place("ready"), seen: place("seen") })],
  ["courier", courierAgent(notes)],
] as const;
for (const [name, agent] of agents) await core.add(await writeAgent(place(name), { name, ...agent }));
await core.setCredential({
  name: "shop",
  kind: "password",
  fields: { password: "an-earlier-value", user: CANARIES.user },
});
await core.setCredential({ name: "shop", fields: { password } });
await core.setCredential({ name: "tls", fields: { key: CANARIES.key } });

// Handed over, printed in every form, and the core killed while the run goes on.
const { id } = await core.start("worker");
await until(() => exists(place("ready")));
const environments = await environmentsWith(CANARIES.password, id);
await core.kill();
core = await open();
await writeFile(place("go"), "");
await core.settled();

const crashes: CrashSighting[] = [];
for (const step of HAND_OVER_STEPS) crashes.push(await handOver(step, "core"));
for (const step of SUPERVISOR_STEPS) crashes.push(await handOver(step, "supervisor"));
for (const step of ROTATION_STEPS) crashes.push(await rotate(step));

answers += await core.answers();
const { brokenAtSeq } = await core.verify();
await core.removeCredential("tls");
await core.close();
const sightings: LongSightings = { answers, environments, crashes, isChainWhole: brokenAtSeq === null };
await writeFile(place("sightings.json"), JSON.stringify(sightings));

/** A run whose core, or whose supervisor, dies at the step. */
async function handOver({ step }: CrashStep, who: "core" | "supervisor"): Promise<CrashSighting> {
  await writeFile(dieFile, step);
  // The answer may die with the core.
  const asked = core.start("courier").catch(() => null);
  await until(async () => !(await exists(dieFile)));
  const known = await asked;
  const hits = await seekInData();
  if (who === "core") await replaceCore();
  const runs = await core.settled();
  const run = runs.find((each) => each.id === known?.id) ?? runs[0];
  const trail = await core.trail();
  const isOnTrail = trail.some(
    ({ action, details, outcome }) =>
      action === "credential.hand-over" && outcome === "begun" && details["run"] === run?.id,
  );
  const executions = (await noted()).filter((note) => note.run === run?.id).length;
  return { step, hits, ...(await afterwards()), state: run?.state ?? null, executions, isOnTrail };
}

/** A rotation whose core, or whose keychain, dies at the step. */
async function rotate({ step }: CrashStep): Promise<CrashSighting> {
  const next = `${CANARIES.rotated}-${crashes.length}`;
  await writeFile(dieFile, step);
  const asked = core.setCredential({ name: "shop", fields: { password: next } }).catch(() => null);
  await until(async () => !(await exists(dieFile)));
  const hits = await seekInData();
  if (step !== "the keychain has written") await replaceCore();
  await asked;
  return { step, hits, ...(await afterwards(next)), state: null, executions: 0, isOnTrail: true };
}

async function replaceCore(): Promise<void> {
  await core.gone;
  core = await open();
}

/** Whether a value is valid, by a run that is given it, and what is left of private files after it. */
async function afterwards(next = password): Promise<Pick<CrashSighting, "isValueWhole" | "left">> {
  const { id: probe } = await core.start("courier");
  await core.settled();
  const note = (await noted()).find(({ run }) => run === probe);
  const isValueWhole = note !== undefined && [password, next].includes(note.password) && note.isKeyWhole;
  password = note?.password ?? password;
  return { isValueWhole, left: await privateFilesOf(process.env) };
}

async function seekInData(): Promise<readonly string[]> {
  return await filesWith(data, SECRETS);
}

async function noted(): Promise<readonly { run: string; password: string; isKeyWhole: boolean }[]> {
  const lines = (await readFile(notes, "utf8")).trimEnd().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
