import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProgram, type Program } from "#tests/helpers/program.ts";
import { BUSYBOX_IMAGE, startEngine, type TestEngine } from "../helpers/engines.ts";

/** Each command starts a core of its own, and one of them waits for a program that ignores the soft stop. */
const MANY_COMMANDS_MS = 240_000;

// An engine is ended also when the program could not be made.
const open = new AsyncDisposableStack();
let engine: TestEngine;
let program: Program;
beforeAll(async () => {
  engine = open.use(await startEngine("docker"));
  program = open.use(await createProgram());
}, 120_000);
afterAll(() => open.disposeAsync(), 120_000);

async function say(...args: readonly string[]) {
  const { code, stderr, stdout } = await program.run(args, {
    env: { DOCKER_HOST: `unix://${engine.socket}` },
  });
  return { code, stderr, stdout };
}

async function ask(...args: readonly string[]): Promise<unknown> {
  const { code, stderr, stdout } = await say(...args, "--engine", "docker", "--json");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

test("engines, containers and images are listed", async () => {
  await engine.command("run", "-d", "--name", "listed", "--network=none", BUSYBOX_IMAGE, "sleep", "600");

  expect(await ask("engine", "list")).toMatchObject([{ id: "docker", product: "docker", state: "ready" }]);
  expect(await ask("container", "list")).toMatchObject([
    { engine: "docker", name: "listed", state: "running" },
  ]);
  expect(await ask("image", "list")).toMatchObject([{ names: [BUSYBOX_IMAGE], usedBy: ["listed"] }]);
  await engine.remove("listed");
});

test("an engine that does not answer hides nothing of the others, and is told about", async () => {
  await engine.command("run", "-d", "--name", "still-seen", "--network=none", BUSYBOX_IMAGE, "sleep", "600");
  const home = join(program.folder, "home");
  const contexts = join(home, ".docker/contexts/meta/gone");
  await mkdir(contexts, { recursive: true });
  const socket = `unix://${join(home, "gone.sock")}`;
  await writeFile(
    join(contexts, "meta.json"),
    JSON.stringify({ Name: "gone", Metadata: {}, Endpoints: { docker: { Host: socket } } }),
  );
  const env = { HOME: home, XDG_RUNTIME_DIR: home, DOCKER_HOST: `unix://${engine.socket}` };

  const listed = await program.run(["container", "list"], { env });
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining("still-seen") });
  expect(listed.stderr).toContain("docker-gone does not answer");
  const alone = await program.run(["container", "list", "--engine", "docker-gone"], { env });
  expect(alone).toMatchObject({ code: 4, stderr: expect.stringContaining("engine.not_answering") });
  await engine.remove("still-seen");
});

test(
  "a container is asked, stopped, started and removed",
  async () => {
    const script = "echo first; sleep 600";
    await engine.command(
      "run",
      "-d",
      "--name",
      "steered",
      "--network=none",
      BUSYBOX_IMAGE,
      "sh",
      "-c",
      script,
    );
    const state = () => engine.command("inspect", "-f", "{{.State.Status}}", "steered");

    expect((await say("container", "logs", "steered")).stdout).toBe("first\n");
    expect(await say("container", "exec", "steered", "echo inside; exit 3")).toMatchObject({
      code: 3,
      stdout: "inside\n",
    });
    expect((await say("container", "stats", "--engine", "docker")).stdout).toContain("steered");
    await ask("container", "stop", "steered");
    expect(await state()).toBe("exited");
    await ask("container", "start", "steered");
    expect(await state()).toBe("running");
    expect((await say("container", "rm", "steered")).code).toBe(5);
    await ask("container", "rm", "steered", "--force");
    expect((await say("container", "logs", "steered")).code).toBe(3);
  },
  MANY_COMMANDS_MS,
);

test("a container is not called missing while an engine does not answer that may have it", async () => {
  const CONTAINER_HOST = `unix://${join(program.folder, "nobody.sock")}`;
  const env = { DOCKER_HOST: `unix://${engine.socket}`, CONTAINER_HOST };

  const asked = await program.run(["container", "logs", "elsewhere"], { env });

  expect(asked).toMatchObject({ code: 4, stderr: expect.stringContaining("engine.not_answering") });
});

test(
  "a command in a container takes standard input, and a person at a terminal gets one there",
  async () => {
    await engine.command("run", "-d", "--name", "typed", "--network=none", BUSYBOX_IMAGE, "sleep", "600");
    const env = { DOCKER_HOST: `unix://${engine.socket}` };

    const piped = await program.run(["container", "exec", "typed", "cat; echo end", "-i"], {
      env,
      input: "handed on\n",
    });
    expect(piped).toMatchObject({ code: 0, stdout: "handed on\nend\n" });
    const session = await atTerminal(["container", "exec", "typed", "sh", "-it"], env, [
      { when: "# ", types: 'until [ "$(stty size)" = \'33 111\' ]; do :; done; echo si""zed\r' },
      { when: "until", size: [33, 111], types: "" },
      { when: "sized", types: WAITING },
      { when: "waiting", types: "\u0003" },
      { when: "interrupted", types: "exit 6\r" },
    ]);

    expect(session.code).toBe(6);
    await engine.remove("typed");
  },
  MANY_COMMANDS_MS,
);

/** Words that are typed are echoed, so what the program says is spelled another way. */
const WAITING = `sh -c 'trap "echo inter''rupted; exit" INT; echo wai""ting; while :; do usleep 50000; done'\r`;

interface Step {
  /** Said by the program since the last step. */
  readonly when: string;
  readonly types: string;
  /** Rows and columns the terminal has from now on. */
  readonly size?: readonly [number, number];
}

/** A command at a terminal of its own, answered step by step. */
async function atTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  steps: readonly Step[],
) {
  const { stdout } = await promisify(execFile)(
    "python3",
    [
      join(import.meta.dirname, "../helpers/at-terminal.py"),
      JSON.stringify(steps),
      ...program.commandLine(args),
    ],
    { env: { ...process.env, ...env, TERM: "xterm" }, timeout: MANY_COMMANDS_MS },
  );
  return JSON.parse(stdout) as { readonly code: number; readonly said: string };
}

test("an image is built from a folder and removed", async () => {
  const folder = join(program.folder, "context");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Dockerfile"), `FROM ${BUSYBOX_IMAGE}\nLABEL a=b\n`);

  const built = await say("image", "build", folder, "localhost/cli-built:1", "--engine", "docker");
  expect(built).toMatchObject({ code: 0, stdout: expect.stringContaining("LABEL a=b") });
  await ask("image", "rm", "localhost/cli-built:1");
});

test("an agent runs in a container, and its output and end are those of the container", async () => {
  const manifest = [
    "apiVersion: pilothouse/v1",
    "kind: Agent",
    "name: contained",
    "class: computational",
    "runtimes:",
    "  container:",
    `    image: ${BUSYBOX_IMAGE}`,
    '    command: [sh, -c, "echo from a container; exit 3"]',
    "    network: none",
  ].join("\n");
  await program.json(["agent", "add", await program.writeAgent("contained", manifest)]);

  const run = await say("run", "contained", "--target", "docker", "--wait", "--json");
  expect(run.code).toBe(1);
  expect(JSON.parse(run.stdout)).toMatchObject({ target: "docker", state: "failed", exitCode: 3 });
  expect((await say("logs", "@contained")).stdout).toBe("from a container\n");
});

test("an agent for processes runs on an image that is shown before it is built", async () => {
  // What is on the engine needs no registry.
  await engine.command("tag", BUSYBOX_IMAGE, "docker.io/library/debian:12-slim");
  const manifest = [
    "apiVersion: pilothouse/v1",
    "kind: Agent",
    "name: processed",
    "class: computational",
    "runtimes:",
    "  process:",
    '    command: [cat, "hello.txt"]',
  ].join("\n");
  const folder = await program.writeAgent("processed", manifest, { "hello.txt": "hello from a file\n" });
  await program.json(["agent", "add", folder]);

  const plan = await say("image", "plan", "processed", "--engine", "docker");
  expect(plan.stdout).toContain("FROM docker.io/library/debian:12-slim");
  const run = await say("run", "processed", "--target", "docker", "--wait");
  expect(run).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("FROM docker.io/library/debian:12-slim"),
  });
  expect((await say("logs", "@processed")).stdout).toBe("hello from a file\n");
});

test("an agent that wants to be root is asked about once", async () => {
  const manifest = [
    "apiVersion: pilothouse/v1",
    "kind: Agent",
    "name: rooted",
    "class: computational",
    "runtimes:",
    "  container:",
    `    image: ${BUSYBOX_IMAGE}`,
    "    command: [id, -u]",
    "    network: none",
    "    user: root",
  ].join("\n");
  await program.json(["agent", "add", await program.writeAgent("rooted", manifest)]);

  const refused = await say("run", "rooted", "--target", "docker", "--wait");
  expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining("--allow-root") });
  expect((await say("run", "rooted", "--target", "docker", "--wait", "--allow-root")).code).toBe(0);
  expect((await say("logs", "@rooted")).stdout).toBe("0\n");
  expect((await say("run", "rooted", "--target", "docker", "--wait")).code).toBe(0);
});

test("an engine that is not there is named with the one that was perhaps meant", async () => {
  const { code, stderr } = await say("container", "list", "--engine", "dokcer");

  expect(code).toBe(3);
  expect(stderr).toContain("docker");
});
