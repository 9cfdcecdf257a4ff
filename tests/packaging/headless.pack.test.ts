import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { findInstalledBrowser, TEST_BROWSER_FLAGS } from "#tests/helpers/installed-browser.ts";
import { ensureBuilt } from "#tests/helpers/program.ts";
import { startIn } from "#tests/helpers/unpacked-program.ts";
import { buildHeadless } from "../../scripts/package/headless-package.ts";
import { findHostTarget } from "../../scripts/package/package-target.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..", "..");
const WORKING_MS = 120_000;

/** Unpacked as its README says, in a home folder that holds nothing else. */
async function unpack(): Promise<AsyncDisposable & { home: string; program: string }> {
  await ensureBuilt();
  const home = await mkdtemp(join(tmpdir(), "pilothouse-server-"));
  const target = findHostTarget(process.platform, process.arch);
  if (target === null) throw new Error("no packages are made for this machine");
  const archive = await buildHeadless({ root: ROOT, target, output: home, compression: "fast" });
  const opt = join(home, ".local", "opt");
  await mkdir(opt, { recursive: true });
  await run("tar", ["-xzf", archive, "-C", opt]);
  await rm(archive);
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
  const program = join(opt, "pilothouse");
  await symlink(`pilothouse-headless-${version}-${target.os}-${target.arch}`, program);
  return { home, program, [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }) };
}

test(
  "the headless package serves its page from an empty folder, and a sample runs in it to its end",
  async () => {
    await using unpacked = await unpack();
    await using served = await startIn(unpacked);
    const executablePath = findInstalledBrowser();
    await using browser = await chromium.launch({
      args: [...TEST_BROWSER_FLAGS],
      ...(executablePath === null ? {} : { executablePath }),
    });
    const page = await browser.newPage({ locale: "en-US" });

    await page.goto(served.signIn);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Add and start word-count" }).click();

    const states = async () => {
      const { stdout } = await served.command(["runs", "--json"]);
      return (JSON.parse(stdout) as { state: string }[]).map(({ state }) => state);
    };
    await expect.poll(states).toEqual(["succeeded"]);
  },
  WORKING_MS,
);

test("the unit for systemd starts the installed command, keeps runs when it stops and writes no sign-in address down", async () => {
  const unit = await readFile(join(ROOT, "resources/package/headless/pilothouse.service"), "utf8");
  const values = new Map(
    unit.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at > 0 && !line.startsWith("#") ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
    }),
  );

  expect(values.get("ExecStart")).toBe("%h/.local/opt/pilothouse/bin/pilothouse serve --no-open");
  expect(values.get("KillMode")).toBe("process");
  expect(values.get("StandardOutput")).toBe("null");
  expect(values.get("WantedBy")).toBe("default.target");
});

test("a Node that is too old is told so in one sentence", async () => {
  await using unpacked = await unpack();
  // The launcher looks at the version that its Node says of itself.
  const pretend = `Object.defineProperty(process, "version", { value: "v22.1.0" });`;
  const start = `${pretend} process.argv = ["node", "pilothouse", "version"]; require(${JSON.stringify(join(unpacked.program, "bin", "pilothouse"))});`;

  const failed = await run(process.execPath, ["-e", start], {
    env: { PATH: dirname(process.execPath), HOME: unpacked.home },
  }).then(
    () => "it ran",
    (error: { stderr: string }) => error.stderr,
  );

  expect(failed).toMatch(/this machine's Node is v22\.1\.0\. Install Node 24\.\d+\.\d+ or newer/);
  expect(failed).not.toContain("    at ");
});
