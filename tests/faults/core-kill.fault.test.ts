import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { isFinal, type Run } from "#contract/run.ts";
import { CoreChild } from "#tests/helpers/core-child.ts";
import { type CoreHarness, openCore, writeAgent } from "#tests/helpers/core-harness.ts";

const KILLS = 30;
/** A quarter of the cores die this early, most of them while they start; the others so long after their start. */
const LONGEST_START_MS = 1_000;
const LONGEST_WORK_MS = 800;
/** More would only make the machine busy with what was killed before. */
const RUNS_PER_LIFE = 3;
const TICKS = 400;
const TIMEOUT_MS = 280_000;

/** Says in a file of its own that it was started: the effect that must not happen twice. */
const MARK = `
import os
open(os.path.join(os.environ["MARKS"], os.environ["PILOTHOUSE_RUN_ID"]), "a").write("started\\n")
`;
const PROGRAMS: Readonly<Record<string, string>> = {
  ticker: `${MARK}
import time
for i in range(${TICKS}):
  print("tick", i, flush=True)
  if i % 10 == 0: time.sleep(0.02)
`,
  failing: `${MARK}raise SystemExit(7)\n`,
  waiting: `${MARK}
import time
print("waiting", flush=True)
while True: time.sleep(60)
`,
};
const POLICIES: Readonly<Record<string, string>> = {
  failing: "restart: { when: on-failure, max: 1, backoff: 50ms..100ms }\n",
  waiting: "stop: { grace: 300ms }\n",
};

interface Acknowledged {
  readonly started: Set<string>;
  readonly stopped: Set<string>;
}

async function addAgents(harness: CoreHarness): Promise<string> {
  const marks = path.join(harness.base, "marks");
  await mkdir(marks);
  for (const [name, program] of Object.entries(PROGRAMS)) {
    const folder = await writeAgent(path.join(harness.base, "agents", name), {
      name,
      manifest:
        `class: computational\nruntimes: { process: { command: [python3, main.py] } }\n` +
        `env: { MARKS: "${marks}" }\n${POLICIES[name] ?? ""}`,
      files: { "main.py": program },
    });
    await harness.core.faces.agents.add(folder);
  }
  return marks;
}

/** One life of a core: it starts, is given work, and is killed wherever it is by then. */
async function live(harness: CoreHarness, random: () => number, acknowledged: Acknowledged): Promise<void> {
  const core = CoreChild.spawn(harness.data);
  const work = giveWork(core, random, acknowledged).catch(() => undefined);
  const isEarly = random() < 0.25;
  if (!isEarly) await core.started;
  await sleep(random() * (isEarly ? LONGEST_START_MS : LONGEST_WORK_MS));
  await core.kill();
  await work;
}

async function giveWork(
  core: CoreChild,
  random: () => number,
  { started, stopped }: Acknowledged,
): Promise<void> {
  await core.started;
  const names = Object.keys(PROGRAMS);
  for (let count = 0; count < RUNS_PER_LIFE; count += 1) {
    const name = names[Math.floor(random() * names.length)] ?? "ticker";
    const run = await core.start(name);
    started.add(run.id);
    if (name !== "waiting") continue;
    await sleep(random() * 200);
    await core.stop(run.id);
    stopped.add(run.id);
  }
}

function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function endEverything(harness: CoreHarness): Promise<readonly Run[]> {
  const { runs } = harness.core.faces;
  const isWaiting = ({ agent, state }: Run) => agent === "waiting" && !isFinal(state) && state !== "stopping";
  await expect
    .poll(
      async () => {
        for (const run of allRuns(harness).filter(isWaiting)) {
          // A run that was started without being stopped; it may end in between.
          await runs.stop({ runId: run.id, isForced: false }).catch(() => undefined);
        }
        return allRuns(harness).filter(({ state }) => !isFinal(state)).length;
      },
      { timeout: 120_000, interval: 200 },
    )
    .toBe(0);
  return allRuns(harness);
}

function allRuns(harness: CoreHarness): readonly Run[] {
  return harness.core.faces.runs.list({ limit: 1_000 }).runs;
}

/** Processes of this machine that carry the id of one of the runs. */
async function processesOf(runs: readonly Run[]): Promise<readonly string[]> {
  const ids = new Set<string>(runs.map(({ id }) => id));
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    const id = /(?:^|\0)PILOTHOUSE_RUN_ID=([^\0]+)/.exec(environment)?.[1];
    if (id !== undefined && ids.has(id)) found.push(`${pid} ${id}`);
  }
  return found;
}

test(`a core that is killed ${KILLS} times at any moment loses nothing, does nothing twice and leaves no orphan`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const seed = Number(process.env["PILOTHOUSE_SEED"] ?? Date.now() % 1_000_000);
  const random = createRandom(seed);
  await using harness = await openCore();
  const marks = await addAgents(harness);
  await harness.core.close();
  const acknowledged: Acknowledged = { started: new Set(), stopped: new Set() };

  for (let kill = 0; kill < KILLS; kill += 1) await live(harness, random, acknowledged);
  await harness.core.start();
  const runs = await endEverything(harness);

  const said = `seed ${seed}`;
  const known = new Set<string>(runs.map(({ id }) => id));
  expect(acknowledged.started.size, `${said}: work was done`).toBeGreaterThan(0);
  expect(
    [...acknowledged.started].filter((id) => !known.has(id)),
    `${said}: acknowledged and gone`,
  ).toEqual([]);
  for (const run of runs) await checkRun(run, { harness, marks, runs, acknowledged, said });
  // What takes a run down ends a moment after the core has heard of the end.
  await expect.poll(() => processesOf(runs), { message: `${said}: orphans` }).toEqual([]);
});

interface Look {
  readonly harness: CoreHarness;
  readonly marks: string;
  readonly runs: readonly Run[];
  readonly acknowledged: Acknowledged;
  readonly said: string;
}

async function checkRun(run: Run, { harness, marks, runs, acknowledged, said }: Look): Promise<void> {
  const what = `${said}: ${run.agent} ${run.id} ${run.state} ${JSON.stringify(run.reason)}`;
  const finals = harness.core.faces.runs
    .timeline(run.id)
    .filter(({ state }) => state !== null && isFinal(state));
  expect(finals.length, `${what}: one final state`).toBe(1);
  const mark = await readFile(path.join(marks, run.id), "utf8").catch(() => "");
  expect(["", "started\n"], `${what}: started once at most`).toContain(mark);
  const successors = runs.filter(({ previousRunId }) => previousRunId === run.id);
  expect(successors.length, `${what}: one successor at most`).toBeLessThanOrEqual(1);
  if (acknowledged.stopped.has(run.id)) {
    expect(["stopped", "killed", "lost"], `${what}: was stopped`).toContain(run.state);
    expect(successors, `${what}: was stopped`).toEqual([]);
  }
  if (run.state === "succeeded") {
    const expected = Array.from({ length: TICKS }, (_, i) => `tick ${i}\n`).join("");
    const raw = await harness.raw(run.id);
    expect(sha256(raw), `${what}: ${raw.length} bytes`).toBe(sha256(Buffer.from(expected)));
  } else if (run.agent === "ticker") {
    // Only a start that was cut in half may keep a ticker from its end.
    expect(run.reason?.code, what).toBe("core-gone-while-starting");
    expect(mark, `${what}: nothing of it ran`).toBe("");
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
