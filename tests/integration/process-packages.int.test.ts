import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { makeProcessDriver } from "../contract/driver-process-target.ts";
import { forever, hear, textOf } from "../contract/driver-under-test.ts";

const execute = promisify(execFile);

/** A wheel, made by hand so that no index is needed. */
async function writeWheel(folder: string): Promise<string> {
  const name = "pilothouse_demo-1.0-py3-none-any.whl";
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("pilothouse_demo.py", "WORD = 'from the wheel'\\n")
    info = "pilothouse_demo-1.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: pilothouse-demo\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: hand\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "pilothouse_demo.py,,\\n" + info + "METADATA,,\\n" + info + "WHEEL,,\\n" + info + "RECORD,,\\n")
`;
  await execute("python3", ["-c", script, join(folder, name)]);
  return name;
}

it("an agent without requirements gets a Python environment of its own, without pip", async () => {
  await using subject = await makeProcessDriver();
  const script =
    "import sys, os; print(sys.prefix == os.environ['VIRTUAL_ENV'], sys.prefix != sys.base_prefix)";
  const spec = subject.specOfCommand(["python", "-c", script], { needs: { python: { version: ">=3.8" } } });
  const steps: string[] = [];

  await subject.driver.prepare(spec, (step) => steps.push(step), forever);
  const { chunks } = await hear(await subject.driver.start(spec, forever));

  expect(textOf(chunks)).toBe("True True\n");
  expect(steps).toEqual(["making a Python environment"]);
});

it("Python packages are built once for all starts that need the same", async () => {
  await using subject = await makeProcessDriver();
  await writeFile(
    join(subject.releaseFolder, "requirements.txt"),
    `./${await writeWheel(subject.releaseFolder)}\n`,
  );
  const needs = { python: { requirementsFile: "requirements.txt" } };
  const specs = [1, 2, 3].map(() =>
    subject.specOfCommand(["python", "-c", "import pilothouse_demo; print(pilothouse_demo.WORD)"], { needs }),
  );
  const steps: string[][] = specs.map(() => []);

  await Promise.all(
    specs.map((spec, index) => subject.driver.prepare(spec, (step) => steps[index]?.push(step), forever)),
  );
  const said: string[] = [];
  for (const spec of specs) said.push(textOf((await hear(await subject.driver.start(spec, forever))).chunks));

  expect(said).toEqual(["from the wheel\n", "from the wheel\n", "from the wheel\n"]);
  expect(steps.map((one) => one.at(-1))).toEqual(specs.map(() => "installing Python packages"));
  expect(
    (await readdir(subject.deps.environmentsFolder)).filter((name) => !name.endsWith(".log")),
  ).toHaveLength(1);
});

it("Python packages that cannot be installed say why, keep the tool's words, and leave no half environment", async () => {
  await using subject = await makeProcessDriver();
  await writeFile(join(subject.releaseFolder, "requirements.txt"), "./no-such-package.whl\n");
  const needs = { python: { requirementsFile: "requirements.txt" } };
  const spec = subject.specOfCommand(["python"], { needs });

  const failure = await subject.driver
    .prepare(spec, () => undefined, forever)
    .catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: "start.packages_failed", details: { tool: "pip" } });
  const { problem, logFile } = (failure as { details: { problem: string; logFile: string } }).details;
  expect(problem).toContain("no-such-package.whl");
  expect(await readFile(logFile, "utf8")).toContain("no-such-package.whl");
  expect((await readdir(subject.deps.environmentsFolder)).filter((name) => !name.endsWith(".log"))).toEqual(
    [],
  );
});

it("a Python of another version than the manifest asks for is named with what was found", async () => {
  await using subject = await makeProcessDriver();
  const spec = subject.specOfCommand(["python"], { needs: { python: { version: ">=9" } } });

  const failure = await subject.driver.start(spec, forever).catch((error: unknown) => error);

  expect(failure).toMatchObject({
    code: "start.runtime_missing",
    details: { runtime: "python", wanted: ">=9", found: expect.stringMatching(/\d+\.\d+\.\d+/) },
  });
});

it("a preparation that is taken back ends its tools and leaves nothing", async () => {
  await using subject = await makeProcessDriver();
  await writeFile(join(subject.releaseFolder, "requirements.txt"), "\n");
  const spec = subject.specOfCommand(["python"], {
    needs: { python: { requirementsFile: "requirements.txt" } },
  });
  const request = new AbortController();

  const failure = await subject.driver
    .prepare(spec, () => request.abort(), request.signal)
    .catch((error: unknown) => error);
  const left = () => readdir(subject.deps.environmentsFolder);
  while ((await left()).some((name) => !name.endsWith(".log")))
    await new Promise((resolve) => setTimeout(resolve, 10));

  expect(failure).toMatchObject({ code: "run.cancelled" });
});

it("Node packages are installed by the lock file, without running their scripts, and linked into the run", async () => {
  await using subject = await makeProcessDriver();
  const pack = join(subject.folder, "pack", "package");
  await mkdir(pack, { recursive: true });
  const scripts = { postinstall: "node -e \"require('fs').writeFileSync('ran','1')\"" };
  await writeFile(
    join(pack, "package.json"),
    JSON.stringify({ name: "demo", version: "1.0.0", main: "index.js", scripts }),
  );
  await writeFile(
    join(pack, "index.js"),
    "module.exports = require('fs').existsSync(__dirname + '/ran') ? 'ran' : 'quiet';\n",
  );
  const tarball = join(subject.folder, "demo.tgz");
  await execute("tar", ["-czf", tarball, "-C", join(subject.folder, "pack"), "package"]);
  const bytes = await readFile(tarball);
  const server = createServer((_, response) => response.end(bytes)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const resolved = `http://127.0.0.1:${(server.address() as AddressInfo).port}/demo.tgz`;
  const root = { name: "agent", version: "1.0.0", dependencies: { demo: resolved } };
  const packages = { "": root, "node_modules/demo": { version: "1.0.0", resolved, hasInstallScript: true } };
  const lock = { name: "agent", version: "1.0.0", lockfileVersion: 3, requires: true, packages };
  await writeFile(join(subject.releaseFolder, "package.json"), JSON.stringify(root));
  await writeFile(join(subject.releaseFolder, "package-lock.json"), JSON.stringify(lock));
  const needs = { node: { lockFile: "package-lock.json" } };
  const spec = subject.specOfCommand(["node", "-p", "require('demo')"], { needs });

  await subject.driver.prepare(spec, () => undefined, forever);
  server.close();
  const { chunks } = await hear(await subject.driver.start(spec, forever));

  expect(textOf(chunks)).toBe("quiet\n");
});
