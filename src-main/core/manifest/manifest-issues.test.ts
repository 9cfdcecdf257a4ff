import { expect, test } from "vitest";
import { manifestSchema } from "#contract/manifest.ts";
import { faultsFromIssues } from "./manifest-issues.ts";
import { describeExpected, validKeysAt } from "./manifest-outline.ts";

const VALID = {
  apiVersion: "pilothouse/v1",
  kind: "Agent",
  name: "a",
  class: "service",
  runtimes: { process: { command: ["true"] } },
};

function faultsOf(value: unknown): readonly string[] {
  const { error } = manifestSchema.safeParse(value);
  return faultsFromIssues(error?.issues ?? [], value).map(
    ({ path, part, problem, expected }) => `${path.join(".")} (${part}) | ${problem} | ${expected}`,
  );
}

test("missing keys are answered with an example where one helps", () => {
  expect(faultsOf({ health: { http: "x" }, credentials: [{ env: {} }], restart: {} })).toEqual([
    ' (key) | "apiVersion" is missing | apiVersion: pilothouse/v1',
    ' (key) | "kind" is missing | kind: Agent',
    ' (key) | "name" is missing | name: my-agent',
    ' (key) | "class" is missing | class: one of computational, automation, service, autonomous',
    ' (key) | "runtimes" is missing | runtimes: { process: { command: [python, main.py] } }',
    'credentials.0 (key) | "name" is missing in credentials.0 | name: a text',
    'restart (key) | "when" is missing in restart | when: one of never, on-failure, always',
  ]);
});

test("empty and out-of-range values say the bound", () => {
  expect(
    faultsOf({
      ...VALID,
      description: "x".repeat(501),
      runtimes: { process: { command: [] } },
      limits: { cpus: 0, pids: -1 },
      restart: { when: "never", max: -1 },
    }),
  ).toEqual([
    "description (value) | description has 501 characters | at most 500 characters",
    "runtimes.process.command (value) | runtimes.process.command is empty | at least 1 entries",
    "limits.cpus (value) | limits.cpus has the number 0 | more than 0",
    "limits.pids (value) | limits.pids has the number -1 | more than 0",
    "restart.max (value) | restart.max has the number -1 | at least 0",
  ]);
});

test("an empty value, a wrong name and an unknown class are told apart", () => {
  expect(faultsOf({ ...VALID, class: 7, env: { "1A": "x" }, limits: null, stop: [] })).toEqual([
    "class (value) | class has the number 7 | one of computational, automation, service, autonomous",
    'env.1A (key) | "1A" cannot be a name here | a variable name: letters, digits and _, not starting with a digit',
    "limits (value) | limits has an empty value | a mapping with cpus, memory, pids, timeout",
    "stop (value) | stop has a list | a mapping with grace",
  ]);
});

test("a number where a truth value or text stands is hinted at with quotes only for texts", () => {
  expect(
    faultsOf({ ...VALID, description: true, env: { A: 1 } }).map((line) => line.split(" | ")[2]),
  ).toEqual(['a text; put it in quotes: "true"', 'a text; put it in quotes: "1"']);
});

test("the outline knows keys and kinds at every place, and nothing beyond", () => {
  expect([
    validKeysAt(["runtimes", "process", "node"]),
    validKeysAt(["env"]),
    validKeysAt(["nowhere", "deeper"]),
    describeExpected(["env", "A"]),
    describeExpected(["credentials", 0, "name"]),
    describeExpected(["credentials"]),
    describeExpected(["env"]),
    describeExpected(["name", 0]),
  ]).toEqual([["lockfile"], [], [], "a text", "a text", "a list", "a mapping", "another value"]);
});

test("a fault carries what other languages need to say it", () => {
  const value = { ...VALID, class: "servcie", stop: { grace: "soon" }, limits: { memmory: "1GiB" } };
  const { error } = manifestSchema.safeParse(value);

  const faults = faultsFromIssues(error?.issues ?? [], value).map(({ fault }) => fault);

  expect(faults).toEqual([
    {
      code: "wrong-value",
      details: {
        name: "class",
        found: "text",
        value: '"servcie"',
        want: "literal",
        wanted: "service",
      },
    },
    {
      code: "unknown-key",
      details: { key: "memmory", place: "limits", want: "literal", wanted: "memory" },
    },
    {
      code: "wrong-value",
      details: { name: "stop.grace", found: "text", value: '"soon"', want: "duration", wanted: "" },
    },
  ]);
});
