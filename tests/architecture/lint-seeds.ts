/** Code that breaks one lint rule. */
export interface LintSeed {
  readonly rule: string;
  /** Relative to a project that has nothing else. */
  readonly file: string;
  readonly code: string;
}

const LONG_FILE = Array.from({ length: 401 }, (_, index) => `export const line${index} = ${index};`).join(
  "\n",
);

const BRANCHES = Array.from(
  { length: 6 },
  (_, i) => `if (a > ${i}) { if (b > ${i}) { total += ${i}; } }`,
).join("\n");

/** One per rule that `biome.json` sets beyond the recommended ones, with the smallest code that breaks it. */
export const LINT_SEEDS: readonly LintSeed[] = [
  {
    rule: "lint/complexity/useMaxParams",
    file: "src-main/a.ts",
    code: "export const sum = (a: number, b: number, c: number, d: number) => a + b + c + d;\n",
  },
  {
    rule: "lint/complexity/noExcessiveCognitiveComplexity",
    file: "src-main/a.ts",
    code: `export function knot(a: number, b: number): number {\nlet total = 0;\n${BRANCHES}\nreturn total;\n}\n`,
  },
  { rule: "lint/performance/noReExportAll", file: "src-main/a.ts", code: `export * from "./b.ts";\n` },
  { rule: "lint/style/noDefaultExport", file: "src-main/a.ts", code: "export default 1;\n" },
  {
    rule: "lint/style/useFilenamingConvention",
    file: "src-main/runSupervisor.ts",
    code: "export const a = 1;\n",
  },
  {
    rule: "lint/style/noNonNullAssertion",
    file: "src-main/a.ts",
    code: "export const first = (list: readonly number[]): number => list.at(0)!;\n",
  },
  {
    rule: "lint/style/noProcessEnv",
    file: "src-main/a.ts",
    code: `export const home = process.env["HOME"];\n`,
  },
  {
    rule: "lint/style/useThrowOnlyError",
    file: "src-main/a.ts",
    code: `export function fail(): never {\n  throw "text";\n}\n`,
  },
  {
    rule: "lint/style/useImportType",
    file: "src-main/a.ts",
    code: `import { Stats } from "node:fs";\nexport const size = (stats: Stats) => stats.size;\n`,
  },
  {
    rule: "lint/style/useNodejsImportProtocol",
    file: "src-main/a.ts",
    code: `import { join } from "path";\nexport const path = join("a", "b");\n`,
  },
  {
    rule: "lint/style/noNestedTernary",
    file: "src-main/a.ts",
    code: `export const size = (n: number) => (n > 9 ? "big" : n > 4 ? "middle" : "small");\n`,
  },
  { rule: "lint/style/noExcessiveLinesPerFile", file: "src-main/a.ts", code: `${LONG_FILE}\n` },
  ...["execSync", "execFileSync", "spawnSync"].map((name) => ({
    rule: "lint/style/noRestrictedImports",
    file: "src-main/a.ts",
    code: `import { ${name} } from "node:child_process";\nexport const run = ${name};\n`,
  })),
  {
    rule: "lint/suspicious/noExplicitAny",
    file: "src-main/a.ts",
    code: "export const same = (value: any): unknown => value;\n",
  },
  { rule: "lint/suspicious/noConsole", file: "src-main/a.ts", code: `console.log("seen");\n` },
  {
    rule: "lint/suspicious/noFocusedTests",
    file: "src-main/a.test.ts",
    code: `import { test } from "vitest";\ntest.only("alone", () => undefined);\n`,
  },
  {
    rule: "lint/suspicious/noSkippedTests",
    file: "src-main/a.test.ts",
    code: `import { test } from "vitest";\ntest.skip("left out", () => undefined);\n`,
  },
  {
    rule: "lint/nursery/noFloatingPromises",
    file: "src-main/a.ts",
    code: `async function save(): Promise<void> {}\nexport function start(): void {\n  save();\n}\n`,
  },
  {
    rule: "lint/nursery/noMisusedPromises",
    file: "src-main/a.ts",
    code: `async function isReady(): Promise<boolean> {\n  return true;\n}\nexport function go(): number {\n  if (isReady()) return 1;\n  return 2;\n}\n`,
  },
  {
    rule: "lint/nursery/useExhaustiveSwitchCases",
    file: "src-main/a.ts",
    code: `export function name(kind: "a" | "b"): string {\n  switch (kind) {\n    case "a":\n      return "first";\n  }\n  return "";\n}\n`,
  },
];
