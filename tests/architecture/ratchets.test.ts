import { describe, expect, test } from "vitest";
import { BUILT_SQL, DOUBLE_CASTS, SUPPRESSIONS, SYNC_FILES, WALL_CLOCK } from "./allowances.ts";
import { countPerFile, readSources } from "./source-files.ts";

const CODE = /\.(ts|tsx|mjs|cjs)$/;
const core = readSources("src-main", /(?<!\.test)\.ts$/);
/** The supervisor of a run is a process of its own: nobody waits for it but the run. */
const answering = core.filter(({ path }) => !path.startsWith("src-main/drivers/process/supervisor/"));
const tests = [
  ...readSources("src-main", /\.test\.ts$/),
  ...readSources("src-renderer", /\.test\.tsx?$/),
  ...readSources("tests", CODE),
];
const everything = ["src-main", "src-renderer", "tests", "scripts", "bin", "bench"].flatMap((folder) =>
  readSources(folder, CODE),
);
/** Everything that is written for people or machines, without what npm wrote. */
const texts = readSources(
  ".",
  /\.(ts|tsx|mjs|cjs|js|json|md|yml|yaml|html|css|py|sh)$|^\.ci\/|^bin\//,
).filter(({ path }) => path !== "package-lock.json");

// Put together here, so that these files do not hold what they look for.
const OPEN_WORK = new RegExp(
  `\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"].join("|")})\\b`,
  "g",
);
const DOUBLE_CAST = new RegExp("\\bas unknown" + " as\\b", "g");
const SUPPRESSION = new RegExp("biome" + "-ignore(-all|-start)?\\b", "g");
const TYPE_SUPPRESSION = new RegExp("@ts-" + "(ignore|nocheck|expect-error)", "g");
const SYSTEM_TIME = /\bDate\.now\(\)|\bnew Date\(\)/g;
const MODULE_MOCK = /\bvi\.(mock|doMock|hoisted)\(/g;
const SYNC_CALL =
  /\b(access|append\w*|chmod|close|copy\w*|exists|f?stat|l?stat|fsync|ftruncate|link|mkdir|mkdtemp|open|opendir|read\w*|realpath|rename|rm|rmdir|symlink|truncate|unlink|utimes|write\w*)Sync\(/g;
const BUILT_STATEMENT =
  /`\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|CREATE|ALTER|DROP|PRAGMA)\b[^`]*\$\{|"(SELECT|INSERT|UPDATE|DELETE|WITH) [^"]*"\s*\+/g;
const REGISTRY_HOST = new RegExp(
  `\\b(${["registry\\." + "(npmjs|yarnpkg)", "[\\w-]+\\.pkg\\." + "dev", "artifact" + "ory", "verda" + "ccio"].join("|")})\\b`,
  "g",
);
const MACHINE_PATH = /(?<![\w.])\/(work|root)\/[\w.-]+/g;

describe("the ratchets", () => {
  test.each([
    { pattern: SYSTEM_TIME, code: "const now = Date." + "now();" },
    { pattern: SYSTEM_TIME, code: "const now = new Date" + "();" },
    { pattern: SYNC_CALL, code: "const text = readFile" + "Sync(path);" },
    { pattern: BUILT_STATEMENT, code: "db.prepare(`SELECT * FROM runs WHERE id = ${" + "id}`)" },
    { pattern: BUILT_STATEMENT, code: 'db.exec("DELETE FROM runs WHERE id = "' + " + id)" },
    { pattern: MODULE_MOCK, code: "vi.mo" + 'ck("./clock.ts");' },
    { pattern: DOUBLE_CAST, code: "const store = {} as unk" + "nown as Store;" },
    { pattern: SUPPRESSION, code: "// biome-" + "ignore lint/style/noConsole: it is loud" },
    { pattern: TYPE_SUPPRESSION, code: "// @ts-" + "expect-error" },
    { pattern: OPEN_WORK, code: "// TO" + "DO: mend" },
    { pattern: MACHINE_PATH, code: 'const folder = "/ro' + 'ot/project";' },
    { pattern: REGISTRY_HOST, code: "https://registry." + "npmjs.org/zod" },
  ])("see $code", ({ pattern, code }) => {
    expect(code.match(pattern)).toHaveLength(1);
  });

  test("do not take a sentence about a call for the call", () => {
    expect(
      countPerFile(
        [{ path: "a.ts", text: "/** Never Date." + "now(). */\n// nor Date." + "now()\n" }],
        SYSTEM_TIME,
      ),
    ).toEqual({});
  });
});

describe("the core", () => {
  test("asks the clock for the time, never the system", () => {
    expect(countPerFile(core, SYSTEM_TIME)).toEqual(WALL_CLOCK);
  });

  test("calls no synchronous file function beyond the counted ones", () => {
    expect(countPerFile(answering, SYNC_CALL)).toEqual(SYNC_FILES);
  });

  test("builds no SQL from pieces beyond the counted ones", () => {
    expect(countPerFile(core, BUILT_STATEMENT)).toEqual(BUILT_SQL);
  });
});

describe("tests", () => {
  test("cast nothing through unknown beyond the counted ones", () => {
    expect(countPerFile(tests, DOUBLE_CAST)).toEqual(DOUBLE_CASTS);
  });

  test("mock no module", () => {
    expect(countPerFile(tests, MODULE_MOCK)).toEqual({});
  });
});

describe("all code", () => {
  test("sets aside no lint rule beyond the counted ones", () => {
    expect(countLines(everything, SUPPRESSION)).toEqual(SUPPRESSIONS);
  });

  test("gives a reason for every lint rule it sets aside", () => {
    const bare = everything.flatMap(({ path, text }) =>
      text
        .split("\n")
        .filter(
          (line) =>
            line.match(SUPPRESSION) !== null && !/: \S+ \S+/.test(line.slice(line.search(SUPPRESSION))),
        )
        .map(() => path),
    );

    expect(bare).toEqual([]);
  });

  test("silences no type error", () => {
    expect(countLines(everything, TYPE_SUPPRESSION)).toEqual({});
  });

  test("leaves no work for later in a comment", () => {
    expect(countLines(everything, OPEN_WORK)).toEqual({});
  });
});

describe("all files", () => {
  test("name no path of the machine they were written on", () => {
    expect(countLines(texts, MACHINE_PATH)).toEqual({});
  });

  test("name no package registry", () => {
    expect(countLines(texts, REGISTRY_HOST)).toEqual({});
  });
});

/** Like `countPerFile`, with the comments. */
function countLines(
  files: readonly { path: string; text: string }[],
  pattern: RegExp,
): Record<string, number> {
  const counts = files.map(({ path, text }): [string, number] => [path, text.match(pattern)?.length ?? 0]);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
