import type { StepName } from "./steps.ts";

/** What came out of one step. */
export interface StepResult {
  readonly name: StepName;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly wallMs: number;
  /** What a person should know: failures, and why something was skipped or did not run. */
  readonly notes: readonly string[];
  /** How long each file of a suite took; none for a tool. */
  readonly files: readonly FileTime[];
}

export interface FileTime {
  /** Relative to the project folder. */
  readonly file: string;
  /** In all its tests together, which may have run side by side. */
  readonly ms: number;
}

const SLOWEST_SHOWN = 10;

/** Counts of one step, before its time is known. */
export type Counts = Omit<StepResult, "name" | "wallMs">;

/** A step that could not run is a failure: tests that nobody ran prove nothing. */
export function notRun(name: StepName, why: string): StepResult {
  return { name, passed: 0, failed: 1, skipped: 0, wallMs: 0, notes: [`did not run: ${why}`], files: [] };
}

/** The table, the notes, and as the very last line the totals. */
export function renderSummary(results: readonly StepResult[]): string {
  const rows = results.map((result) =>
    [
      result.name.padEnd(14),
      String(result.passed).padStart(7),
      String(result.failed).padStart(7),
      String(result.skipped).padStart(8),
      `${(result.wallMs / 1_000).toFixed(1)} s`.padStart(9),
    ].join(""),
  );
  const notes = results.flatMap((result) => result.notes.map((note) => `${result.name}: ${note}`));
  return [
    "",
    `${"step".padEnd(14)} passed failed skipped     time`,
    ...rows,
    ...slowestFiles(results),
    ...(notes.length === 0 ? [] : ["", ...notes]),
    "",
    totalsLine(results),
  ].join("\n");
}

/** Where the time went, so that a suite that grows slow is seen by whoever made it so. */
function slowestFiles(results: readonly StepResult[]): readonly string[] {
  const files = results.flatMap((result) => result.files).toSorted((a, b) => b.ms - a.ms);
  if (files.length === 0) return [];
  const rows = files
    .slice(0, SLOWEST_SHOWN)
    .map(({ file, ms }) => `${(ms / 1_000).toFixed(1).padStart(6)} s  ${file}`);
  return ["", "slowest files", ...rows];
}

/** `N passed, N failed, N skipped` */
export function totalsLine(results: readonly StepResult[]): string {
  const sum = (key: "passed" | "failed" | "skipped") =>
    results.reduce((total, result) => total + result[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`;
}
