import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { withFolderLock } from "../../bin/folder-lock.mjs";
import { getRuntime } from "../../bin/runtime.mjs";

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PLATFORM_PACKAGE = `node-linux-${process.arch}`;
const PLATFORM = `linux-${process.arch}`;

/** A clone with the real launcher, scripts of our own, and a packaged runtime that says when it is used. */
async function createClone(scripts: Readonly<Record<string, string>> = {}) {
  const root = await mkdtemp(join(tmpdir(), "pilothouse-clone-"));
  const write = async (file: string, content: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), content);
  };
  await cp(join(PROJECT, "bin"), join(root, "bin"), { recursive: true });
  await write(
    "package.json",
    JSON.stringify({
      type: "module",
      optionalDependencies: { [PLATFORM_PACKAGE]: process.version.slice(1) },
    }),
  );
  await write("package-lock.json", JSON.stringify({ packages: { "": {} } }));
  await write("node_modules/.package-lock.json", JSON.stringify({ packages: {} }));
  const runtime = `node_modules/${PLATFORM_PACKAGE}/bin/node`;
  await write(runtime, `#!/bin/sh\nexport PACKAGED=yes\nexec "${process.execPath}" "$@"\n`);
  await chmod(join(root, runtime), 0o755);
  for (const [file, content] of Object.entries(scripts)) await write(file, content);
  return { root, write, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

function launch(root: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return start([join(root, "bin/launch.mjs"), ...args], env);
}

function start(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, [...args], {
    cwd: tmpdir(),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that a failed test can end whatever the launcher started.
    detached: true,
  });
  onTestFinished(() => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // The whole group has ended already, which is what was wanted.
    }
  });
  return child;
}

async function finish(child: ChildProcess) {
  if (child.stdout === null || child.stderr === null) throw new Error("the streams are pipes");
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { stdout, stderr, exitCode };
}

/** An npm that notes how it was called and installs nothing. */
const FAKE_NPM = `
const { appendFileSync, mkdirSync, writeFileSync } = require("node:fs");
appendFileSync("npm-calls", process.argv.slice(2).join(" ") + "\\n");
if (process.env.NPM_FAILS) { console.error("network is down"); process.exit(3); }
writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages: { "node_modules/new": { version: "1.0.0" } } }));
`;

describe("the launcher", () => {
  test("refuses a verb it does not know and names the ones it has", async () => {
    await using clone = await createClone();

    const result = await finish(launch(clone.root, ["frobnicate"]));

    expect(result).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/"frobnicate".*start, test, check/),
    });
  });

  test("runs the verb's script on the packaged runtime with its arguments and gives back its exit code", async () => {
    await using clone = await createClone({
      "scripts/build.ts": `const words: string[] = process.argv.slice(2);\nconsole.log(process.env["PACKAGED"], words.join("|"));\nprocess.exit(7);\n`,
    });

    const result = await finish(launch(clone.root, ["build", "--force", "a b"]));

    expect(result).toEqual({ exitCode: 7, stdout: "yes --force|a b\n", stderr: "" });
  });

  test("passes SIGTERM on and waits for the script's own end", async () => {
    await using clone = await createClone({
      "scripts/start.ts": `process.on("SIGTERM", () => { console.log("asked to end"); process.exit(9); });\nsetInterval(() => {}, 1_000);\nconsole.log("ready");\n`,
    });
    const child = launch(clone.root, ["start"]);
    child.stdout?.once("data", () => child.kill("SIGTERM"));

    const result = await finish(child);

    expect(result).toMatchObject({ exitCode: 9, stdout: "ready\nasked to end\n" });
  });

  test("tells a script that a signal ended apart from one that failed", async () => {
    await using clone = await createClone({ "scripts/start.ts": `process.kill(process.pid, "SIGKILL");\n` });

    expect(await finish(launch(clone.root, ["start"]))).toMatchObject({ exitCode: 128 + 9 });
  });

  test("installs once when the lock file changed, and not again", async () => {
    await using clone = await createClone({
      "scripts/build.ts": `console.log("built");\n`,
      "npm-cli.js": "",
    });
    await clone.write("npm/npm-cli.js", FAKE_NPM);
    await clone.write("npm/package.json", `{"type":"commonjs"}`);
    await clone.write(
      "package-lock.json",
      JSON.stringify({ packages: { "node_modules/new": { version: "1.0.0" } } }),
    );
    const env = { npm_execpath: join(clone.root, "npm/npm-cli.js") };

    const first = await finish(launch(clone.root, ["build"], env));
    const second = await finish(launch(clone.root, ["build"], env));

    expect(first).toMatchObject({
      exitCode: 0,
      stdout: "built\n",
      stderr: expect.stringContaining("Installing packages"),
    });
    expect(second).toEqual({ exitCode: 0, stdout: "built\n", stderr: "" });
    const calls = (await readFile(join(clone.root, "npm-calls"), "utf8")).trim().split("\n");
    expect(calls).toEqual([expect.stringMatching(/^ci --include=dev --include=optional/)]);
  });

  test("shows npm's own words when installing fails, and starts nothing", async () => {
    await using clone = await createClone({ "scripts/build.ts": `console.log("built");\n` });
    await clone.write("npm/npm-cli.js", FAKE_NPM);
    await clone.write("npm/package.json", `{"type":"commonjs"}`);
    await clone.write(
      "package-lock.json",
      JSON.stringify({ packages: { "node_modules/new": { version: "1.0.0" } } }),
    );

    const result = await finish(
      launch(clone.root, ["build"], { npm_execpath: join(clone.root, "npm/npm-cli.js"), NPM_FAILS: "1" }),
    );

    expect(result).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: expect.stringContaining("network is down"),
    });
  });
});

describe("the command line's starter", () => {
  const SOURCES = {
    "src-main/entries/cli/main.ts": "",
    "scripts/build.ts": `
import { mkdirSync, writeFileSync } from "node:fs";
const root = new URL("..", import.meta.url).pathname;
mkdirSync(root + "dist/main", { recursive: true });
console.log("a word of the builder");
if (process.env["BUILD_FAILS"] === "1") process.exit(1);
writeFileSync(root + "dist/main/cli.js", "console.log(process.argv.slice(2).join('|')); process.exitCode = 4;");
`,
  };
  const command = (root: string, env: NodeJS.ProcessEnv = {}) =>
    finish(start([join(root, "bin/pilothouse"), "runs", "--json"], { PILOTHOUSE_ASSUME_BUILT: "0", ...env }));

  test("builds what is missing and keeps stdout for the command alone", async () => {
    await using clone = await createClone(SOURCES);

    const result = await command(clone.root);

    expect(result).toEqual({ exitCode: 4, stdout: "runs|--json\n", stderr: "a word of the builder\n" });
  });

  test("runs nothing when the build failed", async () => {
    await using clone = await createClone(SOURCES);
    await clone.write("dist/main/cli.js", "console.log('old');");

    const result = await command(clone.root, { BUILD_FAILS: "1" });

    expect(result).toMatchObject({
      exitCode: 70,
      stdout: "",
      stderr: expect.stringContaining("build failed"),
    });
  });

  test("builds nothing where there are no sources", async () => {
    await using clone = await createClone({ "dist/main/cli.js": "console.log('installed');" });

    expect(await command(clone.root)).toEqual({ exitCode: 0, stdout: "installed\n", stderr: "" });
  });

  test("trusts the build it is told to trust", async () => {
    await using clone = await createClone({ ...SOURCES, "dist/main/cli.js": "console.log('trusted');" });

    const result = await command(clone.root, { PILOTHOUSE_ASSUME_BUILT: "1" });

    expect(result).toEqual({ exitCode: 0, stdout: "trusted\n", stderr: "" });
  });
});

describe("the runtime", () => {
  const own = (version: string) => ({ path: "/own/node", version });

  test("is the packaged one when the machine's Node is older", async () => {
    await using clone = await createClone();

    const runtime = getRuntime({ root: clone.root, platform: PLATFORM, own: own("v20.19.0") });

    expect(runtime).toBe(join(clone.root, "node_modules", PLATFORM_PACKAGE, "bin", "node"));
  });

  test("is the machine's own when that is newer than the packaged one", async () => {
    await using clone = await createClone();

    expect(getRuntime({ root: clone.root, platform: PLATFORM, own: own("v99.0.0") })).toBe("/own/node");
  });

  test("is the machine's own where none is packaged, if it is new enough", async () => {
    await using clone = await createClone();

    expect(getRuntime({ root: clone.root, platform: "sunos-x64", own: own("v24.11.0") })).toBe("/own/node");
  });

  test.each(["sunos-x64", "win32-x64"])(
    "that is nowhere on %s is said with what to install",
    async (platform) => {
      await using clone = await createClone();

      expect(() => getRuntime({ root: clone.root, platform, own: own("v24.10.9") })).toThrow(
        /v24\.10\.9.*24\.11\.0/,
      );
    },
  );
});

describe("the lock of a clone", () => {
  test("lets one at a time do the work", async () => {
    await using clone = await createClone();
    const journal: string[] = [];
    const work = (name: string) =>
      withFolderLock(join(clone.root, "lock"), async () => {
        journal.push(`${name} in`);
        await new Promise(setImmediate);
        journal.push(`${name} out`);
      });

    await Promise.all([work("a"), work("b")]);

    expect(journal.join(" ")).toMatch(/^(a in a out b in b out|b in b out a in a out)$/);
  });

  test("is taken over when its owner died", async () => {
    await using clone = await createClone();
    const dead = spawn(process.execPath, ["-e", ""]);
    await once(dead, "exit");
    await clone.write("lock/owner", String(dead.pid));

    expect(await withFolderLock(join(clone.root, "lock"), async () => "done")).toBe("done");
  });
});
