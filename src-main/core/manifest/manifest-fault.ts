import type { FoundKind, ManifestFaultCode, Phrase, PhraseDetails } from "#contract/phrase.ts";

/** Keys and list positions from the top of the document down. */
export type KeyPath = readonly (string | number)[];

/** A fault of a manifest before its place in the text is known. */
export interface ManifestFault {
  readonly path: KeyPath;
  /** Whether the key itself is wrong or what stands behind it. */
  readonly part: "key" | "value";
  /** One English sentence without a full stop. */
  readonly problem: string;
  readonly expected: string;
  /** Both sentences as a code with facts. */
  readonly fault: Phrase<ManifestFaultCode>;
}

export function faultPhrase(
  code: ManifestFaultCode,
  details: PhraseDetails = {},
): { readonly fault: Phrase<ManifestFaultCode> } {
  return { fault: { code, details } };
}

/** `limits.memory`, `runtimes.process.command.0`; empty for the document itself. */
export function dotted(path: KeyPath): string {
  return path.join(".");
}

/** The value at `path`, or undefined when there is none. */
export function valueAt(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

const SHOWN_CHARACTERS = 60;

/** A found value as facts of a phrase: its kind, and what it is where that can be shown. */
export function foundFacts(value: unknown): { readonly found: FoundKind; readonly value: string } {
  if (value === undefined) return { found: "nothing", value: "" };
  if (value === null) return { found: "empty-value", value: "" };
  if (Array.isArray(value)) return { found: "list", value: "" };
  if (typeof value === "object") return { found: "mapping", value: "" };
  const shown = shownText(value);
  if (typeof value === "string") return { found: "text", value: shown };
  return { found: typeof value === "boolean" ? "truth" : "number", value: shown };
}

/** A found value in words, short enough for a sentence: `the text "12"`, `a list`, `the number 3.1`. */
export function describeFound(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "an empty value";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const shown = shownText(value);
  if (typeof value === "string") return `the text ${shown}`;
  return typeof value === "boolean" ? `the truth value ${shown}` : `the number ${shown}`;
}

function shownText(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
