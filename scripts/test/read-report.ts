import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { JSONReport, JSONReportSuite, JSONReportTestResult } from "@playwright/test/reporter";
import { ROOT } from "../../bin/runtime.mjs";
import { FAILURE_ACCOUNT } from "./failure-account.ts";
import type { Counts, FileTime } from "./step-result.ts";
import type { StepKind } from "./steps.ts";

/** The part of Vitest's JSON report that is counted. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Of what a failed test said, in the summary; all of it stands above, where the test ran. */
const MOST_LINES_OF_WHY = 40;

/**
 * Counts a finished step.
 *
 * A suite that ended badly without a failed test (a file that does not load, an error outside a test, no tests at
 * all) counts as one failure, so that it cannot pass unseen.
 */
export async function readCounts(kind: StepKind, exitCode: number, reportFile: string): Promise<Counts> {
  if (kind === "tool") return toolCounts(exitCode);
  const text = await readFile(reportFile, "utf8").catch(() => null);
  if (text === null) return oneFailure(`ended with exit code ${exitCode} and left no report`);
  const counts = kind === "vitest" ? countVitest(JSON.parse(text)) : countPlaywright(JSON.parse(text));
  if (counts.passed + counts.failed + counts.skipped === 0) return oneFailure("no tests were found");
  if (exitCode !== 0 && counts.failed === 0) {
    return { ...counts, failed: 1, notes: [...counts.notes, `ended with exit code ${exitCode}`] };
  }
  return counts;
}

function toolCounts(exitCode: number): Counts {
  if (exitCode === 0) return { passed: 1, failed: 0, skipped: 0, notes: [], files: [] };
  return oneFailure(`ended with exit code ${exitCode}`);
}

function oneFailure(note: string): Counts {
  return { passed: 0, failed: 1, skipped: 0, notes: [note], files: [] };
}

export function countVitest(report: VitestReport): Counts {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const failed = tests.filter((test) => test.status === "failed");
  const skipped = tests.filter((test) => !["passed", "failed"].includes(test.status));
  // A file that does not load has no tests, only a message.
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: tests.length - failed.length - skipped.length,
    failed: failed.length + broken.length,
    skipped: skipped.length,
    notes: [
      ...failed.map((test) => failureNote(test.fullName, (test.failureMessages ?? []).join("\n"))),
      ...broken.map((file) => `failed: ${relative(ROOT, file.name)}: ${file.message.split("\n")[0]}`),
      ...skipped.map((test) => `skipped: ${test.fullName}`),
    ],
    files: report.testResults.map(({ endTime, name, startTime }) => ({
      file: relative(ROOT, name),
      ms: endTime - startTime,
    })),
  };
}

export function countPlaywright(report: JSONReport): Counts {
  const tests = report.suites.flatMap((suite) => testsOf(suite, []));
  const failed = tests.filter((test) => test.status === "unexpected" || test.status === "flaky");
  const skipped = tests.filter((test) => test.status === "skipped");
  return {
    passed: tests.length - failed.length - skipped.length,
    failed: failed.length + report.errors.length,
    skipped: skipped.length,
    notes: [
      ...failed.map((test) => failureNote(test.title, test.account)),
      ...report.errors.map((error) => `failed: ${(error.message ?? "unknown error").split("\n")[0]}`),
      ...skipped.map((test) => `skipped: ${test.title}${test.why === "" ? "" : ` (${test.why})`}`),
    ],
    files: timesOf(tests, relative(ROOT, report.config.rootDir)),
  };
}

/** The failure, and under it what is known of why: whoever has only the end of the output has that, too. */
function failureNote(title: string, why: string): string {
  const lines = why.split("\n").filter((line) => line.trim() !== "");
  return [`failed: ${title}`, ...lines.slice(0, MOST_LINES_OF_WHY).map((line) => `  ${line}`)].join("\n");
}

function timesOf(tests: readonly CountedTest[], folder: string): FileTime[] {
  const times = new Map<string, number>();
  for (const { file, ms, project } of tests) {
    const name = `${join(folder, file)} (${project})`;
    times.set(name, (times.get(name) ?? 0) + ms);
  }
  return [...times].map(([file, ms]) => ({ file, ms }));
}

interface CountedTest {
  readonly title: string;
  readonly file: string;
  readonly project: string;
  readonly ms: number;
  readonly status: string;
  readonly why: string;
  /** What was on the page and in the runs when it failed; empty for a spec that passed. */
  readonly account: string;
}

function testsOf(suite: JSONReportSuite, above: readonly string[]): CountedTest[] {
  const path = [...above, suite.title];
  const own = suite.specs.flatMap((spec) =>
    spec.tests.map((test) => ({
      title: [...path, spec.title].join(" › "),
      file: spec.file,
      project: test.projectName,
      ms: test.results.reduce((total, { duration }) => total + duration, 0),
      status: test.status,
      why: test.annotations.map((annotation) => annotation.description ?? "").join(" "),
      account: test.results.flatMap(accountsOf).join("\n"),
    })),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => testsOf(inner, path))];
}

function accountsOf({ attachments }: Pick<JSONReportTestResult, "attachments">): readonly string[] {
  return attachments
    .filter(({ name }) => name === FAILURE_ACCOUNT)
    .map(({ body = "" }) => Buffer.from(body, "base64").toString());
}
