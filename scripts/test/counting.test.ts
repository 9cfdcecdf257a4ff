import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../bin/runtime.mjs";
import { FAILURE_ACCOUNT } from "./failure-account.ts";
import { readCounts } from "./read-report.ts";
import { notRun, renderSummary, type StepResult } from "./step-result.ts";
import { pickSteps, STEPS, type StepKind } from "./steps.ts";
import { SYSTEM_TOOLS } from "./system-tools.ts";

async function count(kind: StepKind, exitCode: number, report: unknown) {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-report-"));
  try {
    const file = join(folder, "report.json");
    if (report !== null) await writeFile(file, JSON.stringify(report));
    return await readCounts(kind, exitCode, file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const result = (duration: number, attachments: readonly unknown[] = []) => ({ duration, attachments });

const vitestFile = (status: string, tests: readonly [string, string][], message = "") => ({
  name: resolve("a.test.ts"),
  status,
  message,
  startTime: 1_000,
  endTime: 1_250,
  assertionResults: tests.map(([fullName, result]) => ({ fullName, status: result })),
});

describe("counting a step", () => {
  test("a suite of Vitest counts its tests and names what failed and what was left out", async () => {
    const report = {
      testResults: [
        vitestFile("failed", [
          ["one", "passed"],
          ["two", "failed"],
          ["three", "skipped"],
        ]),
      ],
    };

    expect(await count("vitest", 1, report)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 1,
      notes: ["failed: two", "skipped: three"],
      files: [{ file: relative(ROOT, resolve("a.test.ts")), ms: 250 }],
    });
  });

  test("a file that does not load is a failure", async () => {
    const report = {
      testResults: [vitestFile("passed", [["one", "passed"]]), vitestFile("failed", [], "no such module")],
    };

    expect(await count("vitest", 1, report)).toMatchObject({ passed: 1, failed: 1 });
  });

  test("a bad end without a failed test is a failure", async () => {
    expect(
      await count("vitest", 1, { testResults: [vitestFile("passed", [["one", "passed"]])] }),
    ).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  test("a suite without tests is a failure", async () => {
    expect(await count("vitest", 0, { testResults: [] })).toMatchObject({ passed: 0, failed: 1 });
  });

  test("a suite without a report is a failure", async () => {
    expect(await count("playwright", 0, null)).toMatchObject({ passed: 0, failed: 1 });
  });

  test("a browser test that only passed when repeated is a failure", async () => {
    const spec = (title: string, status: string) => ({
      title,
      file: "a.e2e.ts",
      tests: [{ status, annotations: [], projectName: "web", results: [result(40), result(2)] }],
    });
    const report = {
      config: { rootDir: join(ROOT, "tests", "e2e") },
      errors: [],
      suites: [
        {
          title: "a.e2e.ts",
          specs: [spec("good", "expected")],
          suites: [{ title: "in", specs: [spec("lucky", "flaky")] }],
        },
      ],
    };

    expect(await count("playwright", 0, report)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
      notes: ["failed: a.e2e.ts › in › lucky"],
      files: [{ file: join("tests", "e2e", "a.e2e.ts (web)"), ms: 84 }],
    });
  });

  test("what failed is named with what is known of why, up to forty lines", async () => {
    const file = vitestFile("failed", [["two", "failed"]]);
    const failureMessages = [`expected 2\n\n${"at x\n".repeat(50)}`];
    const vitest = {
      testResults: [{ ...file, assertionResults: [{ ...file.assertionResults[0], failureMessages }] }],
    };
    const body = Buffer.from("The page says | no").toString("base64");
    const playwright = {
      config: { rootDir: join(ROOT, "tests", "e2e") },
      errors: [],
      suites: [
        {
          title: "a.e2e.ts",
          specs: [
            {
              title: "bad",
              file: "a.e2e.ts",
              tests: [
                {
                  status: "unexpected",
                  annotations: [],
                  projectName: "web",
                  results: [result(1, [{ name: "trace" }, { name: FAILURE_ACCOUNT, body }])],
                },
              ],
            },
          ],
        },
      ],
    };

    const [unitNote = ""] = (await count("vitest", 1, vitest)).notes;
    expect(unitNote.split("\n").slice(0, 3)).toEqual(["failed: two", "  expected 2", "  at x"]);
    expect(unitNote.split("\n")).toHaveLength(41);
    expect((await count("playwright", 1, playwright)).notes).toEqual([
      "failed: a.e2e.ts › bad\n  The page says | no",
    ]);
  });

  test.each([
    [0, 1, 0],
    [2, 0, 1],
  ])("a tool that ends with %i is %i passed and %i failed", async (exitCode, passed, failed) => {
    expect(await count("tool", exitCode, null)).toMatchObject({ passed, failed, skipped: 0 });
  });
});

describe("the summary", () => {
  const unit: StepResult = {
    name: "unit",
    passed: 5,
    failed: 0,
    skipped: 1,
    wallMs: 1_234,
    notes: ["skipped: three"],
    files: [],
  };

  test("ends with the totals and says why something was left out", () => {
    const lines = renderSummary([unit, { ...unit, name: "e2e", passed: 2, skipped: 0, notes: [] }]).split(
      "\n",
    );

    expect(lines.at(-1)).toBe("7 passed, 0 failed, 1 skipped");
    expect(lines).toContain("unit: skipped: three");
  });

  test("names the ten files that took longest, over all steps", () => {
    const files = Array.from({ length: 9 }, (_, index) => ({ file: `${index}.test.ts`, ms: 1_000 + index }));
    const slow = { file: "slow.e2e.ts", ms: 61_000 };
    const quick = { file: "quick.e2e.ts", ms: 1 };
    const lines = renderSummary([
      { ...unit, files },
      { ...unit, name: "e2e", files: [quick, slow] },
    ]).split("\n");

    const from = lines.indexOf("slowest files") + 1;
    expect(lines.slice(from, from + 2)).toEqual(["  61.0 s  slow.e2e.ts", "   1.0 s  8.test.ts"]);
    expect(lines.filter((line) => / s {2}/.test(line))).toHaveLength(10);
    expect(lines.join("\n")).not.toContain("quick.e2e.ts");
  });

  test("counts a step that could not run as failed", () => {
    const text = renderSummary([unit, notRun("faults", "it needs strace")]);

    expect(text).toMatch(/faults: did not run: it needs strace/);
    expect(text.split("\n").at(-1)).toBe("5 passed, 1 failed, 1 skipped");
  });
});

describe("choosing steps", () => {
  test("no name means all of them", () => {
    expect(pickSteps([])).toEqual(STEPS);
  });

  test("a step that drives the program brings the build with it", () => {
    expect(pickSteps(["e2e", "types"]).map((step) => step.name)).toEqual(["types", "build", "e2e"]);
  });

  test("an unknown name is refused with the known ones", () => {
    expect(() => pickSteps(["unti"])).toThrow(/unti.*unit/);
  });

  test("every tool of the system is needed by some step", () => {
    const needed = new Set<string>(STEPS.flatMap((step) => step.tools));

    expect(Object.keys(SYSTEM_TOOLS).filter((name) => !needed.has(name))).toEqual([]);
  });
});
