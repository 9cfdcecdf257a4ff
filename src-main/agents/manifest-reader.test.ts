import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "#tests/helpers/property-runs.ts";
import { readManifest } from "./manifest-reader.ts";

const VALID = `apiVersion: pilothouse/v1
kind: Agent
name: word-count
class: computational
runtimes:
  process:
    command: [python, main.py]
`;

/** Problems as \`line:column key | problem | expected\`. */
function problemsOf(source: string | Uint8Array): readonly string[] {
  return readManifest(source, "agent.yaml").problems.map(
    ({ line, column, key, problem, expected }) => `${line}:${column} ${key} | ${problem} | ${expected}`,
  );
}

test("a valid manifest is read without problems", () => {
  const { manifest, problems } = readManifest(VALID, "agent.yaml");

  expect({ name: manifest?.name, command: manifest?.runtimes.process?.command, problems }).toEqual({
    name: "word-count",
    command: ["python", "main.py"],
    problems: [],
  });
});

test("a byte order mark and Windows line ends change nothing", () => {
  const source = new TextEncoder().encode(`\uFEFF${VALID.replaceAll("\n", "\r\n")}`);

  expect(readManifest(source, "agent.yaml").manifest?.name).toBe("word-count");
});

test("an unknown key is named with its place and the nearest valid key", () => {
  expect(problemsOf(`${VALID}limits:\n  cpus: 1\n  memroy: 256MiB\nrestrat: {}\n`)).toEqual([
    '10:3 limits.memroy | there is no key "memroy" in limits | memory',
    '11:1 restrat | there is no key "restrat" | restart',
  ]);
});

test("a key that resembles nothing is answered with what is valid there", () => {
  expect(problemsOf(`${VALID}stop: { zebra: 1 }\n`)).toEqual([
    '8:9 stop.zebra | there is no key "zebra" in stop | one of grace',
  ]);
});

test("a missing key is reported where it belongs", () => {
  expect(
    problemsOf("apiVersion: pilothouse/v1\nkind: Agent\nname: a\nclass: service\nruntimes:\n  process: {}\n"),
  ).toEqual(['6:3 runtimes.process | "command" is missing in runtimes.process | command: [python, main.py]']);
});

test("a wrong type says what was found and what is expected", () => {
  expect(
    problemsOf(`${VALID}env: { PORT: 8080 }\nlimits: { cpus: many, pids: 1.5 }\nvariables: BASE_URL\n`),
  ).toEqual([
    '8:14 env.PORT | env.PORT has the number 8080 | a text; put it in quotes: "8080"',
    '9:17 limits.cpus | limits.cpus has the text "many" | a number',
    "9:29 limits.pids | limits.pids has the number 1.5 | a whole number",
    '10:12 variables | variables has the text "BASE_URL" | a list',
  ]);
});

test("a command written as one text is shown as the list it means", () => {
  expect(problemsOf(VALID.replace("[python, main.py]", "python main.py --fast 'x y'"))).toEqual([
    `7:14 runtimes.process.command | runtimes.process.command has the text "python main.py --fast 'x y'" | a list with one entry for each word: [python, main.py, --fast, "'x", "y'"]`,
  ]);
});

test("a wrong word among a few is answered with the nearest", () => {
  expect(problemsOf(VALID.replace("computational", "compuational").replace("v1", "v2"))).toEqual([
    '1:13 apiVersion | apiVersion has the text "pilothouse/v2" | pilothouse/v1',
    '4:8 class | class has the text "compuational" | computational (one of computational, automation, service, autonomous)',
  ]);
});

test("a version number that lost its quotes is asked for as a text", () => {
  expect(problemsOf(`${VALID}    python: { version: 3.10 }\n`)).toEqual([
    '8:24 runtimes.process.python.version | runtimes.process.python.version has the number 3.1 | a text; put it in quotes: "3.1"',
  ]);
});

test("sizes, durations and names in a wrong form say the right one", () => {
  const source = `${VALID.replace("word-count", "Word_Count")}limits: { memory: 256MB, timeout: 15 min }\n`;

  expect(problemsOf(source)).toEqual([
    '3:7 name | name has the text "Word_Count" | a lower-case letter, then up to 62 lower-case letters, digits or -',
    '8:19 limits.memory | limits.memory has the text "256MB" | a size such as 256MiB (units: B, KiB, MiB, GiB)',
    '8:35 limits.timeout | limits.timeout has the text "15 min" | a duration such as 15m (units: ms, s, m, h, d)',
  ]);
});

test("faults between keys are found beside faults of other keys", () => {
  const source = `${VALID}limits: { timeout: 0s }
restart: { when: always, backoff: 1m..5s }
health: { http: "http://127.0.0.1:{prot}/" }
env: { PILOTHOUSE_RUN_ID: x, A: "1" }
variables: [A]
unknown: 1
`;

  expect(problemsOf(source).map((line) => line.split(" | ")[1])).toEqual([
    "limits.timeout is 0s",
    "the shortest wait is longer than the longest one",
    "health.http has the unknown part {prot}",
    "PILOTHOUSE_RUN_ID is set by Pilothouse itself",
    "A is already set by env",
    'there is no key "unknown"',
  ]);
});

test("files of the runtimes stay inside the folder", () => {
  const source = `${VALID}    python: { requirements: ../requirements.txt }\n    node: { lockfile: /etc/lock.json }\n`;

  expect(problemsOf(source).map((line) => line.split(" | ")[0])).toEqual([
    "8:29 runtimes.process.python.requirements",
    "9:23 runtimes.process.node.lockfile",
  ]);
});

test("either-or keys say so", () => {
  const source = VALID.replace(
    "process:\n    command: [python, main.py]",
    "container: { image: a, build: b }",
  );

  expect(problemsOf(`${source}health: { every: 1s }\n`)).toEqual([
    "6:3 runtimes.container | runtimes.container is not complete | exactly one of image and build",
    "7:1 health | health is not complete | exactly one of http, command and log",
  ]);
});

test("mistakes in the schema of the input are found with their line", () => {
  const source = `${VALID}inputs:
  type: object
  properties:
    shop: { type: strng }
    pages: { type: integer, minimun: 1 }
  requierd: [shop]
`;

  expect(problemsOf(source)).toEqual([
    '12:29 inputs.properties.pages.minimun | "minimun" is no keyword of JSON Schema | minimum',
    '13:3 inputs.requierd | "requierd" is no keyword of JSON Schema | required',
  ]);
});

test("a wrong type inside the schema of the input is found with its line", () => {
  const source = `${VALID}inputs:\n  type: object\n  properties:\n    shop: { type: strng }\n    a: { minLength: few }\n`;

  expect(problemsOf(source).map((line) => line.split(" | ").toSpliced(1, 1).join(" | "))).toEqual([
    "11:19 inputs.properties.shop.type | one of array, boolean, integer, null, number, object, string",
    "12:21 inputs.properties.a.minLength | must be integer",
  ]);
});

test("references that lead nowhere or outside are refused, those inside are followed", () => {
  const withInputs = (inputs: string) => problemsOf(`${VALID}inputs: { type: object, ${inputs} }\n`).length;

  expect([
    withInputs("properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { type: string } }"),
    withInputs("properties: { a: { $ref: '#/$defs/b' } }"),
    withInputs("properties: { a: { $ref: 'https://example.org/a.json' } }"),
    withInputs("properties: { a: { type: string, pattern: '(' } }"),
    withInputs("$schema: 'http://json-schema.org/draft-07/schema#'"),
    withInputs("$schema: 'http://example.org/'"),
  ]).toEqual([0, 1, 1, 1, 0, 1]);
});

test("an input that is no mapping is refused", () => {
  expect(problemsOf(`${VALID}inputs: { type: string }\n`)).toEqual([
    "8:17 inputs.type | the input of an agent is always a mapping of names to values | type: object",
  ]);
});

test("broken YAML gives the line and the reason in plain words", () => {
  const sources = {
    tab: "name: a\nruntimes:\n\tprocess: x\n",
    twice: "name: a\nclass: service\nname: b\n",
    quote: "name: 'a\nclass: service\n",
    bracket: "command: [a, b\nname: b\n",
    nested: "description: a: b\n",
    loose: "name: a\nkind Agent\nclass: x\n",
    documents: "name: a\n---\nname: b\n",
    reserved: "name: @a\n",
    tag: "name: !secret a\n",
  };

  const told = Object.entries(sources).map(
    ([name, source]) => `${name} ${problemsOf(source)[0]?.split(" | ").slice(0, 2).join("|")}`,
  );

  expect(told).toEqual([
    "tab 3:1 |the line is indented with a tab",
    'twice 3:1 |the key "name" stands here a second time',
    "quote 3:1 |a quote is opened and never closed",
    "bracket 2:1 |the indentation does not fit, or a bracket is not closed",
    "nested 1:14 |a key and its value stand where only a value can be",
    "loose 2:1 |a line has neither a key nor a dash",
    "documents 2:1 |a second document begins here",
    "reserved 1:7 |a text begins with a character that YAML keeps for itself",
    "tag 1:7 |a tag (!name) is not known",
  ]);
});

test("what is no manifest at all is told apart", () => {
  const told = ["", "# only a comment\n", "just words", "- a\n- b\n", "42"].map(
    (source) => problemsOf(source)[0],
  );

  expect(told).toEqual([
    "1:1  | the file is empty | an agent, beginning with apiVersion: pilothouse/v1",
    "1:1  | the file is empty | an agent, beginning with apiVersion: pilothouse/v1",
    '1:1  | the file has the text "just words" | a mapping with apiVersion, kind, name, description, class, runtimes, inputs, env, variables, credentials, limits, restart, health, stop',
    "1:1  | the file has a list | a mapping with apiVersion, kind, name, description, class, runtimes, inputs, env, variables, credentials, limits, restart, health, stop",
    "1:1  | the file has the number 42 | a mapping with apiVersion, kind, name, description, class, runtimes, inputs, env, variables, credentials, limits, restart, health, stop",
  ]);
});

test("bytes that are not UTF-8 are named with their line", () => {
  const latin = new Uint8Array([...new TextEncoder().encode("name: a\ndescription: caf"), 0xe9, 0x0a]);
  const utf16 = new Uint8Array([0xff, 0xfe, 0x61, 0x00]);

  expect([problemsOf(latin), problemsOf(utf16)]).toEqual([
    ["2:17  | the file is not UTF-8 text | the file saved as UTF-8"],
    ["1:1  | the file is saved as UTF-16 | the file saved as UTF-8"],
  ]);
});

test("a file above one mebibyte is refused unread", () => {
  expect(problemsOf(`${VALID}#${"x".repeat(1024 ** 2)}`)[0]).toContain("1 MiB");
});

test("aliases may be used, but neither as a bomb nor in a circle", () => {
  const used = `${VALID}env: { A: &a text, B: *a }\n`;
  const levels = Array.from({ length: 9 }, (_, index) => {
    const uses = Array.from({ length: 9 }, () => `*l${index}`).join(", ");
    return `  l${index + 1}: &l${index + 1} [${uses}]`;
  });
  const bomb = `${VALID}inputs:\n  l0: &l0 [x]\n${levels.join("\n")}\n`;
  const circle = `${VALID}inputs: &a { properties: *a }\n`;

  expect([used, bomb, circle].map((source) => problemsOf(source).length)).toEqual([0, 1, 1]);
});

test("deep nesting is refused, however it is written", () => {
  const deep = `inputs: ${"{ not: ".repeat(500)}{}${" }".repeat(500)}\n`;

  const told = [VALID + deep, "[".repeat(100_000), "- ".repeat(3000)].map((source) => problemsOf(source)[0]);

  for (const problem of told) expect(problem).toContain("nested too deeply");
});

test("forty thousand keys are read in one pass", () => {
  const keys = Array.from({ length: 40_000 }, (_, index) => `  K${index}: "x"`).join("\n");

  expect(problemsOf(`${VALID}env:\n${keys}\n  K7: "y"\n`)).toEqual([
    '40009:3  | the key "K7" stands here a second time | one "K7" (see line 16)',
  ]);
});

test("of very many problems the first hundred are told", () => {
  const keys = Array.from({ length: 1000 }, (_, index) => `unknown${index}: 1`).join("\n");

  const { problems } = readManifest(`${VALID}${keys}\n`, "agent.yaml");

  expect([problems.length, problems[0]?.line, problems.at(-1)?.line]).toEqual([100, 8, 107]);
});

test("names of JavaScript's own objects are ordinary unknown keys", () => {
  expect(
    problemsOf(`${VALID}__proto__: { polluted: 1 }\nconstructor: 1\n`).map((line) => line.split(" | ")[1]),
  ).toEqual(['there is no key "__proto__"', 'there is no key "constructor"']);
});

test("no text makes the reader throw or lose the place of a problem", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...VALID.split("\n"),
      "  ",
      "\t",
      "- ",
      "? ",
      ": ",
      "&a",
      "*a",
      "{",
      "}",
      "[",
      "]",
      "'",
      '"',
      "|",
      ">",
      "!!str",
      "---",
      "...",
      "%TAG",
      "\r",
      "#",
      "inputs:",
      "  $ref: '#'",
    ),
    fc.string({ unit: "binary", maxLength: 8 }),
  );

  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.constantFrom("", " ", "\n")), { maxLength: 30 }), (pieces) => {
      const source = pieces.flat().join("");
      const { manifest, problems } = readManifest(source, "agent.yaml");
      expect((manifest === null) === problems.length > 0).toBe(true);
      for (const { line, column } of problems) {
        expect(line >= 1 && line <= source.split("\n").length + 1 && column >= 1).toBe(true);
      }
    }),
    { numRuns: runs(500) },
  );
});

test("every sample that ships is valid", () => {
  const samples = join(import.meta.dirname, "../../resources/samples");
  const told = readdirSync(samples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [
      name,
      readManifest(readFileSync(join(samples, name, "agent.yaml")), "agent.yaml").problems,
    ]);

  expect(told).toEqual(told.map(([name]) => [name, []]));
});
