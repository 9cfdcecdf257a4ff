// One short way of each value, with some controls switched off or none, in processes of their own.
import { access, readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import path from "node:path";
import { DEFAULT_NETWORK } from "#contract/network.ts";
import { CoreChild } from "#tests/helpers/core-child.ts";
import { writeAgent } from "#tests/helpers/core-harness.ts";
import { CANARIES, canaryAgent, strangerAgent, VAULT_PASSPHRASE } from "./canaries.ts";
import { environmentsWith, filesWith, isIn, privateFilesOf, until } from "./canary-search.ts";
import { HAND_OVER_STEPS, SUPERVISOR_STEPS } from "./crash-steps.ts";
import { environmentOf, type SourceChange } from "./source-changes.ts";

/** What was seen on the way. */
export interface ControlSightings {
  /** Files of the data folder with a form of the value. */
  readonly hits: Readonly<Record<"password" | "key" | "kept", readonly string[]>>;
  readonly privateFilesAfterRun: readonly string[];
  readonly privateFilesAfterSweep: readonly string[];
  readonly fileMode: number;
  /** What the agent found in its environment, as JSON. */
  readonly agentEnvironment: string;
  /** What an agent got that nobody allowed it; empty for nothing. */
  readonly strangerGot: string;
  readonly environments: Awaited<ReturnType<typeof environmentsWith>>;
  /** Whether the trail says that a value was about to be fetched when the core died at it. */
  readonly isFetchOnTrail: boolean;
  readonly trail: string;
  /** Whether the trail says who led the program's connections elsewhere. */
  readonly isNetworkOnTrail: boolean;
  readonly isConsentOnTrail: boolean;
  readonly areAnswersClean: boolean;
  /** What the refusal of a value that is too long says. */
  readonly refusal: string;
  /** Filled in by whoever traced the processes. */
  readonly commandsHoldValue: boolean;
}

const [base = "", changesJson = "[]"] = process.argv.slice(2);
const place = (name: string) => path.join(base, name);
const data = place("data");
const dieFile = place("die-at");
const steps = [...HAND_OVER_STEPS, ...SUPERVISOR_STEPS].filter(({ step }) =>
  ["the value is here", "the private files are written"].includes(step),
);
const changes = [...(JSON.parse(changesJson) as SourceChange[]), ...steps];
const open = () => CoreChild.open(data, { ...environmentOf(changes, dieFile), HOST_TOKEN: CANARIES.host });
let core = await open();

const worker = canaryAgent({ go: place("go"), ready: place("ready"), seen: place("seen") });
await core.add(await writeAgent(place("worker"), { name: "worker", ...worker }));
const stranger = strangerAgent(place("stranger-got"));
await core.add(await writeAgent(place("stranger"), { name: "stranger", ...stranger }));
const fields = { password: CANARIES.password, user: CANARIES.user };
await core.setCredential({ name: "shop", kind: "password", fields });
await core.setCredential({ name: "tls", fields: { key: CANARIES.key, extra: CANARIES.unnamed } });
await core.setCredential({ name: "other", fields: { value: CANARIES.rotated } });
const refusal = await core
  .setCredential({ name: "other", fields: { value: CANARIES.long } })
  .then(() => "", String);
await core.createVault(VAULT_PASSPHRASE);
await core.setCredential({ name: "kept", fields: { value: CANARIES.kept } });

await core.changeNetwork({ ...DEFAULT_NETWORK, proxy: "http://127.0.0.1:1" });
await core.changeConsents({ courier: ["root"] });

// Refused, unless what refuses it is switched off.
await core.start("stranger");
await core.settled();

const { id } = await core.start("worker");
await until(() => exists(place("ready")));
const environments = await environmentsWith(CANARIES.password, id);
await writeFile(place("go"), "");
await core.settled();
const privateFilesAfterRun = await privateFilesOf(process.env);
const seen = JSON.parse(await readFile(place("seen"), "utf8")) as { env: object; mode: number };

const isFetchOnTrail = await dieAtTheValue();
await dieWithPrivateFiles();
const privateFilesAfterSweep = await privateFilesOf(process.env);

const answers = await core.answers();
const entries = await core.trail();
const trail = JSON.stringify(entries);
await core.close();
const sightings: ControlSightings = {
  hits: {
    password: await filesWith(data, [CANARIES.password]),
    key: await filesWith(data, [CANARIES.key]),
    kept: await filesWith(data, [CANARIES.kept]),
  },
  privateFilesAfterRun,
  privateFilesAfterSweep,
  fileMode: seen.mode,
  agentEnvironment: JSON.stringify(seen.env),
  strangerGot: await readFile(place("stranger-got"), "utf8").catch(() => ""),
  environments,
  isFetchOnTrail,
  trail,
  isNetworkOnTrail: entries.some(
    ({ action, details, door, outcome, who }) =>
      action === "network.change" &&
      outcome === "begun" &&
      door === "window" &&
      who === userInfo().username &&
      details["proxy"] === "http://127.0.0.1:1",
  ),
  isConsentOnTrail: entries.some(
    ({ action, details, outcome, subject }) =>
      action === "consent.change" &&
      outcome === "begun" &&
      subject === "courier" &&
      details["given"] === "root",
  ),
  areAnswersClean: !isIn(
    answers,
    Object.values(CANARIES).filter((value) => value !== CANARIES.user),
  ),
  refusal,
  commandsHoldValue: false,
};
await writeFile(place("sightings.json"), JSON.stringify(sightings));

/** The core dies with the value in its hands; whether the trail of the next one knows of it. */
async function dieAtTheValue(): Promise<boolean> {
  const before = (await core.trail()).length;
  await writeFile(dieFile, "the value is here");
  await core.start("worker").catch(() => null);
  await core.gone;
  core = await open();
  await core.settled();
  const added = (await core.trail()).slice(0, -before);
  return added.some(({ action, outcome }) => action === "credential.hand-over" && outcome === "begun");
}

/** Supervisor and core die when the private files are there and nothing else is. */
async function dieWithPrivateFiles(): Promise<void> {
  await writeFile(dieFile, "the private files are written");
  core.start("worker").catch(() => null);
  await until(async () => !(await exists(dieFile)));
  await core.kill();
  core = await open();
  await core.settled();
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
