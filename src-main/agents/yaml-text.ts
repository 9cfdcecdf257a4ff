import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { ManifestFaultCode, Phrase } from "#contract/phrase.ts";
import { faultPhrase } from "#core/manifest/manifest-fault.ts";
import { describeYamlError } from "./yaml-error.ts";

/** Larger than any manifest written by a person, small enough to be read at every look. */
export const MANIFEST_LIMIT_BYTES = 1024 ** 2;

const MOST_NESTED = 64;
/** Values after aliases are followed; an alias bomb has thousands of times more. */
const MOST_VALUES = 100_000;
const MOST_ALIAS_USES = 100;
/** One mistake of YAML can bring thousands of errors after it. */
const MOST_FAULTS = 100;

export interface TextPosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export interface TextFault extends TextPosition {
  readonly problem: string;
  readonly expected: string;
  readonly fault: Phrase<ManifestFaultCode>;
}

/** A YAML file that was read, or why it could not be. */
export interface YamlText {
  /** Plain values; undefined when `faults` is not empty. */
  readonly value: unknown;
  readonly faults: readonly TextFault[];
  /** Where the key or value at `path` stands, or the deepest thing on the way to it. */
  locate(path: readonly (string | number)[], part: "key" | "value"): TextPosition;
}

/** Reads one YAML document of plain values. Never throws, whatever the bytes are. */
export function readYaml(source: string | Uint8Array): YamlText {
  const text = decode(source);
  return typeof text === "string" ? parse(text) : failed([text]);
}

function failed(faults: readonly TextFault[]): YamlText {
  const [first = { line: 1, column: 1 }] = faults;
  return { value: undefined, faults, locate: () => ({ line: first.line, column: first.column }) };
}

function decode(source: string | Uint8Array): string | TextFault {
  const sizeBytes = typeof source === "string" ? Buffer.byteLength(source) : source.length;
  if (sizeBytes > MANIFEST_LIMIT_BYTES) {
    return fault(START, {
      problem: `the file has ${sizeBytes} bytes`,
      expected: `at most ${MANIFEST_LIMIT_BYTES} bytes (1 MiB)`,
      ...faultPhrase("too-large", { sizeBytes, limitBytes: MANIFEST_LIMIT_BYTES }),
    });
  }
  if (typeof source === "string") return source.replace(/^\uFEFF/, "");
  try {
    // A byte order mark is taken off by the decoder.
    return new TextDecoder("utf-8", { fatal: true }).decode(source);
  } catch {
    // Nothing is lost: the same bytes are looked at again for the place of the first wrong one.
    return fault(positionOfWrongByte(source), describeEncoding(source));
  }
}

function describeEncoding(bytes: Uint8Array): FaultWords {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const expected = "the file saved as UTF-8";
  if (isUtf16) return { problem: "the file is saved as UTF-16", expected, ...faultPhrase("utf16") };
  return { problem: "the file is not UTF-8 text", expected, ...faultPhrase("not-utf8") };
}

function positionOfWrongByte(bytes: Uint8Array): TextPosition {
  const lenient = new TextDecoder("utf-8").decode(bytes);
  const before = lenient.slice(0, Math.max(0, lenient.indexOf("\uFFFD")));
  const lines = before.split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

const START: TextPosition = { line: 1, column: 1 };

type FaultWords = Omit<TextFault, keyof TextPosition>;

function fault({ line, column }: TextPosition, words: FaultWords): TextFault {
  return { line, column, ...words };
}

function parse(text: string): YamlText {
  const counter = new LineCounter();
  const at = (offset: number): TextPosition => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    // The library compares every key with every other; `keyFaults` does the same in one pass.
    const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: false });
    const syntax = syntaxFaults(document, at);
    if (syntax.length > 0) return failed(syntax);
    if (document.contents === null) {
      return failed([
        fault(START, {
          problem: "the file is empty",
          expected: "an agent, beginning with apiVersion: pilothouse/v1",
          ...faultPhrase("empty-file"),
        }),
      ]);
    }
    const keys = keyFaults(document.contents, at);
    if (keys.length > 0) return failed(keys);
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIAS_USES });
    if (!isModest(value)) return failed([TOO_NESTED]);
    return { value, faults: [], locate: (path, part) => at(offsetOf(document, path, part)) };
  } catch (error) {
    // Deep nesting exhausts the stack; `toJS` says so itself when aliases multiply.
    if (error instanceof RangeError || error instanceof ReferenceError) return failed([TOO_NESTED]);
    throw error;
  }
}

const TOO_NESTED = fault(START, {
  problem: "the file is nested too deeply, or its aliases (*name) repeat too much",
  expected: `at most ${MOST_NESTED} levels, and plain values instead of aliases`,
  ...faultPhrase("too-nested"),
});

type Locator = (offset: number) => TextPosition;

function syntaxFaults(document: Document.Parsed, at: Locator): readonly TextFault[] {
  const faults: TextFault[] = [];
  for (const error of [...document.errors, ...document.warnings]) {
    const position = at(error.pos[0]);
    // What follows on the same line, or as loose pieces, is the same mistake seen again.
    const isEcho =
      faults.some(({ line }) => line === position.line) ||
      (faults.length > 0 && error.message.includes("in YAML stream"));
    if (!isEcho) faults.push({ ...position, ...describeYamlError(error.code, error.message) });
    if (faults.length >= MOST_FAULTS) break;
  }
  return faults;
}

function keyFaults(root: Node, at: Locator): readonly TextFault[] {
  const faults: TextFault[] = [];
  const pending: unknown[] = [root];
  while (pending.length > 0 && faults.length < MOST_FAULTS) {
    const node = pending.pop();
    if (isSeq(node)) pending.push(...node.items.toReversed());
    if (!isMap(node)) continue;
    const seen = new Map<string, number>();
    for (const { key, value } of node.items) {
      const offset = startOf(key) ?? startOf(node) ?? 0;
      const found = checkKey({ key, offset, seen, at });
      if (found !== null) faults.push(found);
      pending.push(value);
    }
  }
  return faults;
}

interface KeyCheck {
  readonly key: unknown;
  readonly offset: number;
  /** Keys of the same mapping so far, and where they stand. */
  readonly seen: Map<string, number>;
  readonly at: Locator;
}

function checkKey({ key, offset, seen, at }: KeyCheck): TextFault | null {
  if (!isScalar(key)) {
    return fault(at(offset), {
      problem: "a key is a list or a mapping",
      expected: "a plain word as key",
      ...faultPhrase("complex-key"),
    });
  }
  const name = String(key.value);
  const earlier = seen.get(name);
  if (earlier !== undefined) {
    const first = at(earlier).line;
    return fault(at(offset), {
      problem: `the key "${name}" stands here a second time`,
      expected: `one "${name}" (see line ${first})`,
      ...faultPhrase("second-key", { key: name, line: first }),
    });
  }
  seen.set(name, offset);
  return null;
}

/** Whether a value is a tree of bounded size; a mapping that holds itself is not. */
function isModest(root: unknown): boolean {
  let values = 0;
  const pending: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    values += 1;
    if (values > MOST_VALUES || next.depth > MOST_NESTED) return false;
    if (typeof next.value !== "object" || next.value === null) continue;
    for (const value of Object.values(next.value)) pending.push({ value, depth: next.depth + 1 });
  }
  return true;
}

function offsetOf(
  document: Document.Parsed,
  path: readonly (string | number)[],
  part: "key" | "value",
): number {
  let node: unknown = document.contents;
  let keyOffset = startOf(node) ?? 0;
  let valueOffset = keyOffset;
  for (const key of path) {
    const container: unknown = isAlias(node) ? node.resolve(document) : node;
    const next = child(container, key);
    if (next === null) break;
    valueOffset = startOf(next.value) ?? next.keyOffset;
    keyOffset = next.keyOffset;
    node = next.value;
  }
  return part === "key" ? keyOffset : valueOffset;
}

function child(container: unknown, key: string | number): { value: unknown; keyOffset: number } | null {
  if (isSeq(container)) {
    const value = container.items[Number(key)];
    return value === undefined ? null : { value, keyOffset: startOf(value) ?? startOf(container) ?? 0 };
  }
  if (!isMap(container)) return null;
  const pair = container.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
  return pair === undefined ? null : { value: pair.value, keyOffset: startOf(pair.key) ?? 0 };
}

function startOf(node: unknown): number | null {
  if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return null;
  return node.range?.[0] ?? null;
}
