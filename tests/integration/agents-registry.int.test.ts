import { readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Agent } from "#contract/agent.ts";
import { AppError } from "#contract/errors.ts";
import type { AgentName } from "#contract/ids.ts";
import type { Clock } from "#core/clock.ts";
import type { AgentChange } from "#main/agents/index.ts";
import { SystemClock } from "#main/platform/index.ts";
import type { AgentsFace } from "#main/rpc/index.ts";
import type { AgentSource } from "#main/runs/index.ts";
import { MemoryAgentRecords } from "./agents-memory-records.ts";
import { ManualClock, manifestOf, named, setUpRegistry } from "./agents-setup.ts";

const signal = new AbortController().signal;

test("the registry is what the router and the run supervisor ask for", async () => {
  await using place = await setUpRegistry();

  const faces: AgentsFace & AgentSource = place.registry;

  expect(faces.list()).toEqual([]);
});

test("an added agent is stored, published and listed by name", async () => {
  await using place = await setUpRegistry();
  const b = await place.folder("b", manifestOf("beta"));
  const a = await place.folder("a", manifestOf("alpha", "description: First\n"));

  await place.registry.add(b);
  const alpha = await place.registry.add(`${a}/`);

  expect({
    alpha,
    listed: place.registry.list().map(({ name }) => name),
    stored: place.records.all().map(({ name, folder, isAutostart }) => ({ name, folder, isAutostart })),
    events: place.events.map((event) => event.type),
  }).toEqual({
    alpha: expect.objectContaining({
      folder: a,
      isPresent: true,
      problems: [],
      release: null,
      isAutostart: false,
    }),
    listed: ["alpha", "beta"],
    stored: [
      { name: "alpha", folder: a, isAutostart: false },
      { name: "beta", folder: b, isAutostart: false },
    ],
    events: ["agent.changed", "agent.changed"],
  });
});

test("a folder may be named by its manifest, from the home folder and through a link", async () => {
  await using place = await setUpRegistry();
  const folder = await place.folder("a", manifestOf("alpha"));
  await symlink(folder, join(place.home, "link"));

  const agents = [
    await place.registry.add(join(folder, "agent.yaml")),
    await place.registry.add("~/a"),
    await place.registry.add(join(place.home, "link")),
  ];

  expect([agents.map((agent) => agent.folder), place.records.all().length]).toEqual([
    [folder, folder, folder],
    1,
  ]);
});

test("what is no agent folder is refused with what to do", async () => {
  await using place = await setUpRegistry();
  const empty = await place.folder("empty", null);
  const misnamed = await place.folder("misnamed", null);
  await writeFile(join(misnamed, "agent.yml"), manifestOf("a"));
  const invalid = await place.folder("invalid", `${manifestOf("a")}limit: 1\ndescripton: 2\n`);
  await writeFile(join(empty, "file.txt"), "x");
  const refusal = async (folder: string) =>
    place.registry.add(folder).then(
      () => null,
      (error) => ({ code: error.code, message: error.message }),
    );

  const refusals = [
    await refusal("some/where"),
    await refusal(join(place.home, "gone")),
    await refusal(join(empty, "file.txt")),
    await refusal(empty),
    await refusal(misnamed),
    await refusal(invalid),
  ];

  expect([refusals, place.records.all(), place.events]).toEqual([
    [
      { code: "usage.invalid", message: "some/where is not a full path" },
      { code: "folder.unreadable", message: `${place.home}/gone does not exist or cannot be read` },
      { code: "folder.unreadable", message: `${empty}/file.txt is a file, not a folder` },
      {
        code: "manifest.missing",
        message: `${empty} has no agent.yaml; create one there, or choose the folder that holds it`,
      },
      { code: "manifest.missing", message: `${misnamed} has no agent.yaml; rename agent.yml to agent.yaml` },
      {
        code: "manifest.invalid",
        message: [
          `${invalid}/agent.yaml:6:1: there is no key "limit"; expected limits`,
          `${invalid}/agent.yaml:7:1: there is no key "descripton"; expected description`,
        ].join("\n"),
      },
    ],
    [],
    [],
  ]);
});

test("two folders cannot provide one name, unless the first is gone", async () => {
  await using place = await setUpRegistry();
  const first = await place.folder("first", manifestOf("alpha"));
  const second = await place.folder("second", manifestOf("alpha"));
  await place.registry.add(first);

  await expect(place.registry.add(second)).rejects.toMatchObject({
    code: "agent.name_taken",
    details: { agent: "alpha", folder: second, otherFolder: first },
  });
  await rm(first, { recursive: true });
  const moved = await place.registry.add(second);

  expect([moved.folder, moved.isPresent, place.records.find(named("alpha"))?.folder]).toEqual([
    second,
    true,
    second,
  ]);
});

test("a valid change of the manifest is noticed, stored and published", async () => {
  await using place = await setUpRegistry();
  const folder = await place.folder("a", manifestOf("alpha"));
  const before = await place.registry.add(folder);

  await writeFile(join(folder, "agent.yaml"), manifestOf("alpha", "description: New\n"));
  const after = await place.until("alpha", (agent) => agent.manifest.description === "New");

  const stored = JSON.parse(place.records.find(named("alpha"))?.manifestJson ?? "{}");
  expect([after.revision > before.revision, stored.description]).toEqual([true, "New"]);
});

test("a broken manifest keeps the last valid one beside its problems, until it is mended", async () => {
  await using place = await setUpRegistry();
  const folder = await place.folder("a", manifestOf("alpha", "description: Good\n"));
  await place.registry.add(folder);

  await writeFile(join(folder, "agent.yaml"), manifestOf("alpha", "descripton: Bad\n"));
  const broken = await place.until("alpha", (agent) => agent.problems.length > 0);
  const start = place.registry.prepareStart(named("alpha"), signal);

  await expect(start).rejects.toMatchObject({
    code: "manifest.invalid",
    details: { line: 6, key: "descripton" },
  });
  expect([broken.manifest.description, broken.problems[0]?.expected]).toEqual(["Good", "description"]);
  await writeFile(join(folder, "agent.yaml"), manifestOf("alpha", "description: Better\n"));
  await place.until(
    "alpha",
    (agent) => agent.problems.length === 0 && agent.manifest.description === "Better",
  );
});

test("a save by renaming another file over the manifest is noticed", async () => {
  await using place = await setUpRegistry();
  const folder = await place.folder("a", manifestOf("alpha"));
  await place.registry.add(folder);

  await writeFile(join(folder, ".agent.yaml.swp"), manifestOf("alpha", "description: Saved\n"));
  await rename(join(folder, ".agent.yaml.swp"), join(folder, "agent.yaml"));

  expect((await place.until("alpha", (agent) => agent.manifest.description === "Saved")).problems).toEqual(
    [],
  );
});

test("a change is noticed by the hint of the system alone, without the regular look", async () => {
  const system = new SystemClock();
  const clock: Clock = {
    nowMs: () => system.nowMs(),
    monotonicMs: () => system.monotonicMs(),
    after: (delayMs, action) => system.after(delayMs < 1000 ? delayMs : 10 * 60_000, action),
  };
  await using place = await setUpRegistry({ clock });
  const folder = await place.folder("a", manifestOf("alpha"));
  await place.registry.add(folder);

  await writeFile(join(folder, "agent.yaml"), manifestOf("alpha", "description: Hinted\n"));

  expect((await place.until("alpha", (agent) => agent.manifest.description === "Hinted")).isPresent).toBe(
    true,
  );
});

test("a change that cannot be stored is told, and stored at a later look", async () => {
  const full = { isFull: false };
  class FullRecords extends MemoryAgentRecords {
    override update(name: AgentName, change: AgentChange): void {
      if (full.isFull) throw new AppError("data.full", "no space is left");
      super.update(name, change);
    }
  }
  await using place = await setUpRegistry({ records: new FullRecords() });
  const folder = await place.folder("a", manifestOf("alpha"));
  await place.registry.add(folder);

  full.isFull = true;
  await writeFile(join(folder, "agent.yaml"), manifestOf("alpha", "description: Late\n"));
  const { manifest } = await place.until("alpha", () => place.troubles.length > 0);
  full.isFull = false;
  await place.registry.prepareStart(named("alpha"), signal);

  expect(manifest.description).toBeUndefined();
  expect(place.records.find(named("alpha"))?.manifestJson).toContain("Late");
});

test("a new name in the manifest is a problem at its line, because runs hang on the old one", async () => {
  await using place = await setUpRegistry();
  const folder = await place.folder("a", manifestOf("alpha"));
  await place.registry.add(folder);

  await writeFile(join(folder, "agent.yaml"), manifestOf("omega"));
  const { problems, manifest } = await place.until("alpha", (agent) => agent.problems.length > 0);

  expect(manifest.name).toBe("alpha");
  expect(problems[0]).toMatchObject({
    line: 3,
    column: 7,
    key: "name",
    problem: "the name changed from alpha to omega",
  });
});

test("a folder that is deleted and made again is followed, also when the system says nothing", async () => {
  const clock = new ManualClock();
  await using place = await setUpRegistry({ clock });
  const folder = await place.folder("a", manifestOf("alpha"));
  await place.registry.add(folder);
  /** Lets the regular look happen as often as it takes. */
  const passUntil = async (isWanted: (agent: Agent) => boolean) => {
    for (;;) {
      const agent = place.registry.get(named("alpha"));
      if (isWanted(agent)) return agent;
      clock.pass(5000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  await rm(folder, { recursive: true });
  await passUntil((agent) => !agent.isPresent);
  await expect(place.registry.prepareStart(named("alpha"), signal)).rejects.toMatchObject({
    code: "folder.unreadable",
  });
  await place.folder("a", null);
  const empty = await passUntil((agent) => agent.isPresent);
  await expect(place.registry.prepareStart(named("alpha"), signal)).rejects.toMatchObject({
    code: "manifest.missing",
  });
  await place.folder("a", manifestOf("alpha", "description: Back\n"));
  const back = await passUntil((agent) => agent.manifest.description === "Back");

  expect([empty.problems[0]?.problem, back.isPresent, back.problems]).toEqual([
    "agent.yaml is missing",
    true,
    [],
  ]);
});

test("the agents are back after a restart, with what changed meanwhile", async () => {
  await using place = await setUpRegistry();
  const kept = await place.folder("a", manifestOf("alpha"));
  const lost = await place.folder("b", manifestOf("beta"));
  await place.registry.add(kept);
  await place.registry.add(lost);
  place.registry.setSettings(named("alpha"), { isAutostart: true });
  await place.registry[Symbol.asyncDispose]();
  await writeFile(join(kept, "agent.yaml"), manifestOf("alpha", "description: Meanwhile\n"));
  await rm(lost, { recursive: true });

  await using next = await place.open();

  expect(
    next
      .list()
      .map(({ name, manifest, isPresent, isAutostart }) => [
        name,
        manifest.description,
        isPresent,
        isAutostart,
      ]),
  ).toEqual([
    ["alpha", "Meanwhile", true, true],
    ["beta", undefined, false, false],
  ]);
});

test("a removed agent is forgotten, its folder stays, and live runs forbid it", async () => {
  await using place = await setUpRegistry();
  await using busy = await setUpRegistry({ liveRuns: 2 });
  const folder = await place.folder("a", manifestOf("alpha"));
  await place.registry.add(folder);
  await busy.registry.add(folder);

  await expect(busy.registry.remove(named("alpha"))).rejects.toMatchObject({
    code: "agent.in_use",
    details: { runs: 2 },
  });
  await place.registry.remove(named("alpha"));

  expect([place.registry.list(), place.records.all(), place.events.at(-1)]).toEqual([
    [],
    [],
    { type: "agent.removed", agent: "alpha" },
  ]);
  expect(await readFile(join(folder, "agent.yaml"), "utf8")).toContain("alpha");
});

test("a name that nobody has is answered with the nearest", async () => {
  await using place = await setUpRegistry();
  await place.registry.add(await place.folder("a", manifestOf("price-watcher")));

  expect(() => place.registry.get(named("price-wacher"))).toThrow(
    expect.objectContaining({
      code: "agent.not_found",
      details: { agent: "price-wacher", nearest: "price-watcher" },
    }),
  );
});

test("a start gets the folder as it is at that moment, immutable, and the numbers of its manifest", async () => {
  await using place = await setUpRegistry();
  const folder = await place.folder("a", manifestOf("alpha", "limits: { timeout: 2m, memory: 64MiB }\n"));
  await writeFile(join(folder, "main.py"), "one");
  await place.registry.add(folder);

  const first = await place.registry.prepareStart(named("alpha"), signal);
  await writeFile(join(folder, "main.py"), "two");
  await writeFile(join(folder, "agent.yaml"), manifestOf("alpha", "limits: { timeout: 3m }\n"));
  const second = await place.registry.prepareStart(named("alpha"), signal);

  expect({
    texts: await Promise.all(
      [first, second].map(({ releaseFolder }) => readFile(join(releaseFolder, "main.py"), "utf8")),
    ),
    timeouts: [first.plan.timeoutMs, second.plan.timeoutMs],
    memory: first.plan.limits.memoryBytes,
    release: [second.agent.release, place.records.find(named("alpha"))?.release],
  }).toEqual({
    texts: ["one", "two"],
    timeouts: [120_000, 180_000],
    memory: 64 * 1024 ** 2,
    release: [second.release, second.release],
  });
});

test("validate tells the problems of a folder and stores nothing", async () => {
  await using place = await setUpRegistry();
  const folder = await place.folder("a", manifestOf("alpha", "limit: 1\n"));

  const { manifest: read, problems } = await place.registry.validate(folder);

  expect([read, problems.map(({ line, expected }) => [line, expected]), place.records.all()]).toEqual([
    null,
    [[6, "limits"]],
    [],
  ]);
});

test("the text of the manifest is given as it is, also when it is broken", async () => {
  await using place = await setUpRegistry();
  const folder = await place.folder("a", manifestOf("alpha"));
  await place.registry.add(folder);
  await writeFile(join(folder, "agent.yaml"), "broken: [");

  expect(await place.registry.manifestText(named("alpha"))).toBe("broken: [");
});
