import type { z } from "zod";
import { MANIFEST_HINTS } from "#contract/manifest.ts";
import type { PhraseDetails, WantKind } from "#contract/phrase.ts";
import {
  describeFound,
  faultPhrase,
  foundFacts,
  type KeyPath,
  type ManifestFault,
  valueAt,
} from "./manifest-fault.ts";
import { describeExpected, validKeysAt } from "./manifest-outline.ts";
import { findNearest } from "./nearest-word.ts";

/** zod's issues about `root` as faults in words. Unknown keys come one by one. */
export function faultsFromIssues(
  issues: readonly z.core.$ZodIssue[],
  root: unknown,
): readonly ManifestFault[] {
  return issues.flatMap((issue) => faultsOf(issue, root));
}

function faultsOf(issue: z.core.$ZodIssue, root: unknown): readonly ManifestFault[] {
  const path: KeyPath = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  const found = valueAt(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(path, key));
    case "invalid_key":
      return [
        {
          path,
          part: "key",
          problem: `"${path.at(-1) ?? ""}" cannot be a name here`,
          expected: issue.issues[0]?.message ?? "",
          ...faultPhrase("bad-name", {
            name: String(path.at(-1) ?? ""),
            ...wantOf(issue.issues[0]?.message ?? ""),
          }),
        },
      ];
    case "invalid_type":
    case "invalid_value":
      return [found === undefined ? missing(path) : wrongValue(path, found)];
    case "invalid_format":
      return [
        {
          path,
          part: "value",
          problem: `${nameOf(path)} has ${describeFound(found)}`,
          expected: issue.message,
          ...faultPhrase("wrong-value", {
            name: path.join("."),
            ...foundFacts(found),
            ...wantOf(issue.message),
          }),
        },
      ];
    case "too_small":
    case "too_big":
      return [outOfRange(path, found, issue)];
    default:
      return [
        {
          path,
          part: "key",
          problem: `${nameOf(path)} is not complete`,
          expected: issue.message,
          ...faultPhrase("incomplete", { name: path.join("."), ...wantOf(issue.message) }),
        },
      ];
  }
}

function unknownKey(path: KeyPath, key: string): ManifestFault {
  const keys = validKeysAt(path);
  const nearest = findNearest(key, keys);
  return {
    path: [...path, key],
    part: "key",
    problem: `there is no key "${key}"${path.length === 0 ? "" : ` in ${path.join(".")}`}`,
    expected: nearest ?? (keys.length === 0 ? "" : `one of ${keys.join(", ")}`),
    ...faultPhrase("unknown-key", {
      key,
      place: path.join("."),
      ...(nearest === null ? wantOf(keys.length === 0 ? "" : `one of ${keys.join(", ")}`) : literal(nearest)),
    }),
  };
}

function missing(path: KeyPath): ManifestFault {
  const key = path.at(-1) ?? "";
  const parent = path.slice(0, -1);
  return {
    path: parent,
    part: "key",
    problem: `"${key}" is missing${parent.length === 0 ? "" : ` in ${parent.join(".")}`}`,
    expected: `${key}: ${EXAMPLES[path.join(".")] ?? describeExpected(path)}`,
    ...faultPhrase("missing", {
      key: String(key),
      place: parent.join("."),
      ...missingWant(path),
    }),
  };
}

function missingWant(path: KeyPath): PhraseDetails {
  const example = EXAMPLES[path.join(".")];
  if (example === undefined) return wantOf(describeExpected(path));
  return example.startsWith("one of ") ? wantOf(example) : literal(`${path.at(-1) ?? ""}: ${example}`);
}

const EXAMPLES: Readonly<Record<string, string>> = {
  apiVersion: "pilothouse/v1",
  kind: "Agent",
  name: "my-agent",
  class: "one of computational, automation, service, autonomous",
  runtimes: "{ process: { command: [python, main.py] } }",
  "runtimes.process.command": "[python, main.py]",
};

/** Keys whose only value is fixed. */
const CONSTANTS: Readonly<Record<string, string>> = { apiVersion: "pilothouse/v1", kind: "Agent" };

function wrongValue(path: KeyPath, found: unknown): ManifestFault {
  const expected = describeExpected(path);
  const problem = `${nameOf(path)} has ${describeFound(found)}`;
  const hint = hintFor(path, found, expected);
  const want = CONSTANTS[path.join(".")] === undefined ? wantOf(hint) : literal(hint);
  const fault = faultPhrase("wrong-value", { name: path.join("."), ...foundFacts(found), ...want });
  return { path, part: "value", problem, expected: hint, ...fault };
}

/** What would be right, as it would be written, where the found value tells what was meant. */
function hintFor(path: KeyPath, found: unknown, expected: string): string {
  const constant = CONSTANTS[path.join(".")];
  if (constant !== undefined) return constant;
  if (path.at(-1) === "command" && typeof found === "string") {
    return `a list with one entry for each word: [${found.trim().split(/\s+/).map(asEntry).join(", ")}]`;
  }
  const isPlain = typeof found === "number" || typeof found === "boolean";
  if (expected === "a text" && isPlain) return `a text; put it in quotes: "${found}"`;
  if (expected.startsWith("one of ") && typeof found === "string") {
    const nearest = findNearest(found, expected.slice("one of ".length).split(", "));
    return nearest === null ? expected : `${nearest} (${expected})`;
  }
  return expected;
}

function asEntry(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : JSON.stringify(word);
}

function outOfRange(
  path: KeyPath,
  found: unknown,
  issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
): ManifestFault {
  const isSmall = issue.code === "too_small";
  const bound = Number(isSmall ? issue.minimum : issue.maximum);
  const noun = NOUNS[issue.origin] ?? "";
  const isEmpty = isSmall && noun !== "" && bound === 1;
  let expected = `${isSmall ? "at least" : "at most"} ${bound}${noun}`;
  if (noun === "" && issue.inclusive === false) expected = `${isSmall ? "more" : "less"} than ${bound}`;
  return {
    path,
    part: "value",
    problem: isEmpty ? `${nameOf(path)} is empty` : `${nameOf(path)} has ${describeSize(found)}`,
    expected,
    ...(isEmpty
      ? faultPhrase("empty", { name: path.join("."), ...wantOf(expected) })
      : faultPhrase("wrong-value", { name: path.join("."), ...sizeFacts(found), ...wantOf(expected) })),
  };
}

function sizeFacts(found: unknown): PhraseDetails {
  return typeof found === "string" ? { found: "characters", value: found.length } : foundFacts(found);
}

const NOUNS: Readonly<Record<string, string>> = { string: " characters", array: " entries" };

function describeSize(found: unknown): string {
  return typeof found === "string" ? `${found.length} characters` : describeFound(found);
}

function nameOf(path: KeyPath): string {
  return path.length === 0 ? "the file" : path.join(".");
}

function literal(text: string): PhraseDetails {
  return { want: "literal" satisfies WantKind, wanted: text };
}

const WANT_PATTERNS: readonly (readonly [WantKind, RegExp])[] = [
  ["text", /^a text$/],
  ["quoted-text", /^a text; put it in quotes: (.*)$/],
  ["number", /^a number$/],
  ["whole-number", /^a whole number$/],
  ["truth", /^true or false$/],
  ["list", /^a list$/],
  ["command-list", /^a list with one entry for each word: (.*)$/],
  ["mapping", /^a mapping$/],
  ["mapping-with", /^a mapping with (.*)$/],
  ["another-value", /^another value$/],
  ["one-of", /^one of (.*)$/],
  ["at-least-characters", /^at least (\d+) characters$/],
  ["at-most-characters", /^at most (\d+) characters$/],
  ["at-least-entries", /^at least (\d+) entries$/],
  ["at-most-entries", /^at most (\d+) entries$/],
  ["at-least", /^at least (-?[\d.]+)$/],
  ["at-most", /^at most (-?[\d.]+)$/],
  ["more-than", /^more than (-?[\d.]+)$/],
  ["less-than", /^less than (-?[\d.]+)$/],
];

/** The words of this file and of `MANIFEST_HINTS` as facts; other text stays as it is, to be quoted. */
function wantOf(expected: string): PhraseDetails {
  if (expected === "") return {};
  for (const [kind, hint] of Object.entries(MANIFEST_HINTS)) {
    if (hint === expected) return { want: kind, wanted: "" };
  }
  for (const [kind, pattern] of WANT_PATTERNS) {
    const match = pattern.exec(expected);
    if (match !== null) return { want: kind, wanted: match[1] ?? "" };
  }
  const nearest = /^(\S+) \(one of .*\)$/.exec(expected)?.[1];
  return literal(nearest ?? expected);
}
