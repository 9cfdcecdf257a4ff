import { spawn } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { ROOT } from "../../bin/runtime.mjs";
import { desktopUnderTest } from "./desktop-under-test.ts";
import { readCounts } from "./read-report.ts";
import type { StepResult } from "./step-result.ts";
import type { Step } from "./steps.ts";

/** Between asking a step that hangs to end and ending it. */
const GRACE_MS = 5_000;

/** Runs one step with its output shown as it comes, and counts what came out. */
export async function runStep(step: Step): Promise<StepResult> {
  const reports = join(ROOT, ".cache", "reports");
  const reportFile = join(reports, `${step.name}.json`);
  await mkdir(reports, { recursive: true });
  await rm(reportFile, { force: true });
  const startedAt = performance.now();
  const { exitCode, isOverdue } = await runCommand(step, reportFile);
  const counts = await readCounts(step.kind, exitCode, reportFile);
  const notes = [
    ...counts.notes,
    ...(isOverdue ? [`ended after ${step.deadlineMs / 60_000} minutes`] : []),
    ...(step.kind === "playwright" ? [desktopUnderTest(ROOT).says] : []),
  ];
  return { name: step.name, ...counts, notes, wallMs: performance.now() - startedAt };
}

function reporterArgs(step: Step, reportFile: string): string[] {
  if (step.kind === "vitest")
    return ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  return step.kind === "playwright" ? ["--reporter=list,json"] : [];
}

function runCommand(step: Step, reportFile: string): Promise<{ exitCode: number; isOverdue: boolean }> {
  const child = spawn(process.execPath, [...step.command, ...reporterArgs(step, reportFile)], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    env: environmentOf(step, reportFile),
    windowsHide: true,
  });
  let isOverdue = false;
  const deadline = setTimeout(() => {
    isOverdue = true;
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
  }, step.deadlineMs);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      clearTimeout(deadline);
      resolve({ exitCode: code ?? 1, isOverdue });
    });
  });
}

function environmentOf(step: Step, reportFile: string): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _forced, ...inherited } = process.env;
  return {
    ...inherited,
    // Whatever a test starts by the name `node` is the pinned runtime, too.
    PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
    PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile,
    ...colourlessUnlessTerminal(step),
    // The suites after the build test that build: an edit made meanwhile must not start another one.
    ...step.env,
    ...(step.needsBuild ? { PILOTHOUSE_ASSUME_BUILT: "1" } : {}),
  };
}

/** Playwright tells its workers FORCE_COLOR and then warns about NO_COLOR, so it gets the former. */
function colourlessUnlessTerminal(step: Step): NodeJS.ProcessEnv {
  if (process.stdout.isTTY) return {};
  return step.kind === "playwright" ? { FORCE_COLOR: "0" } : { NO_COLOR: "1" };
}
