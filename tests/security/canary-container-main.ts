// Values handed to runs in containers of a real engine, in processes of their own, so that all they start is seen.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { targetIdSchema } from "#contract/ids.ts";
import { isFinal } from "#contract/run.ts";
import { CoreChild } from "#tests/helpers/core-child.ts";
import { writeAgent } from "#tests/helpers/core-harness.ts";
import { BUSYBOX_IMAGE } from "#tests/helpers/engines.ts";
import { CANARIES } from "./canaries.ts";
import { environmentsWith, filesWith, privateFilesOf, until } from "./canary-search.ts";

/** What was seen while the containers ran, and what was answered about them. */
export interface ContainerSightings {
  /** What the engine tells of the container that was given a file and a descriptor. */
  readonly inspected: string;
  /** The same of one whose user lets a value into its environment. */
  readonly inspectedOfOpen: string;
  readonly environments: Awaited<ReturnType<typeof environmentsWith>>;
  readonly privateFilesWhileRunning: number;
  /** Files of the engine with a value, while the first container was there, and while the second was. */
  readonly engineHits: readonly string[];
  readonly engineHitsOfOpen: readonly string[];
  readonly answers: string;
}

const [base = "", commandJson = "[]", engineFolder = ""] = process.argv.slice(2);
const [program = "", ...words] = JSON.parse(commandJson) as string[];
const data = path.join(base, "data");
const target = targetIdSchema.parse("docker");
const run = promisify(execFile);
const SECRETS = [CANARIES.password, CANARIES.key];
let core = await CoreChild.open(data);

const manifest = (uses: string, script: string) => `class: service
runtimes: { container: { image: "${BUSYBOX_IMAGE}", command: [sh, -c, ${JSON.stringify(script)}] } }
credentials:
${uses}
`;
const guarded = `  - { name: shop, fd: { field: password, env: C_FD } }
  - { name: tls, file: { field: key, env: C_KEY } }`;
const open = "  - { name: shop, env: { password: C_PASSWORD, user: C_USER } }";
// In two pieces, because the manifest is an answer too.
const says = 'echo "all rea""d"';
const waits = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
const agents = {
  worker: manifest(guarded, `cat "$C_KEY"; cat <&"$C_FD"; echo; ${says}; ${waits}`),
  courier: manifest(open, `echo "$C_PASSWORD of $C_USER"; ${says}; ${waits}`),
};
for (const [name, text] of Object.entries(agents)) {
  await core.add(await writeAgent(path.join(base, name), { name, manifest: text, files: {} }));
}
const fields = { password: CANARIES.password, user: CANARIES.user };
await core.setCredential({ name: "shop", kind: "password", fields });
await core.setCredential({ name: "tls", fields: { key: CANARIES.key } });

const { id } = await core.start("worker", { target });
await untilRead(id, 1);
const inspected = await inspect(id);
const environments = await environmentsWith(CANARIES.password, id);
const engineHits = await filesWith(engineFolder, SECRETS);
const privateFilesWhileRunning = (await privateFilesOf(process.env)).length;
// Whoever comes after it finds the container and goes on masking.
await core.kill();
core = await CoreChild.open(data);
await core.stop(id);
await core.settled();

const second = await core.start("courier", { target, confirms: ["environment"] });
await untilRead(second.id, (await core.answers()).split("all read").length);
const inspectedOfOpen = await inspect(second.id);
const engineHitsOfOpen = await filesWith(engineFolder, SECRETS);
await core.stop(second.id);
await core.settled();

const answers = await core.answers();
await core.close();
const sightings: ContainerSightings = {
  inspected,
  inspectedOfOpen,
  environments,
  privateFilesWhileRunning,
  engineHits,
  engineHitsOfOpen,
  answers,
};
await writeFile(path.join(base, "sightings.json"), JSON.stringify(sightings));

async function inspect(runId: string): Promise<string> {
  const { stdout } = await run(program, [...words, `pilothouse-${runId}`]);
  return stdout;
}

/** Until one more of the runs has printed all it was given. */
async function untilRead(runId: string, saidBefore: number): Promise<void> {
  await until(async () => {
    const { state } = await core.get(runId);
    if (isFinal(state)) throw new Error(`run ${runId} has ended before it was looked at: ${state}`);
    return (await core.answers()).split("all read").length > saidBefore;
  });
}
