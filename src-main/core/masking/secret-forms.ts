import { LEAST_MASKED_CHARACTERS } from "#contract/credential.ts";
import { base64Core, hex, jsonEscaped, percentEncoded, utf8, utf16 } from "./byte-forms.ts";

/** One way a secret may stand in output, and what stands there instead. */
export interface SecretForm {
  readonly bytes: Uint8Array;
  readonly mask: Uint8Array;
}

const MASK = "***";
/** A line of a longer secret, such as a private key, that is masked on its own. */
const LEAST_LINE = 16;
/** The frame of a PEM file is the same for everybody. */
const PEM_FRAME = /^-----/;
const SECRET_KEY = /key|secret|token|password|credential/i;

/** Whether a value is long enough to be looked for: a shorter one would hide half of every log. */
export function isMaskable(value: string): boolean {
  return [...value.trim()].length >= LEAST_MASKED_CHARACTERS;
}

/**
 * Every form of every value, each once, longest first. Values that are too short have none.
 *
 * Of a value of several lines each long line counts by itself as well, because programs print keys line by line; of a
 * JSON document, so do the texts whose key says that they are secret.
 */
export function secretForms(values: readonly string[]): readonly SecretForm[] {
  const forms = new Map<string, SecretForm>();
  for (const value of new Set(values.flatMap(partsOf))) {
    for (const form of formsOf(value)) forms.set(String(form.bytes), form);
  }
  return [...forms.values()].sort((a, b) => b.bytes.length - a.bytes.length);
}

function partsOf(value: string): readonly string[] {
  const whole = value.trim();
  const lines = whole.split(/\r?\n/).map((line) => line.trim());
  const longLines =
    lines.length > 1 ? lines.filter((line) => line.length >= LEAST_LINE && !PEM_FRAME.test(line)) : [];
  const inside = secretTexts(whole).flatMap(partsOf);
  return [...(isMaskable(whole) ? [whole] : []), ...longLines, ...inside];
}

/** Texts of a JSON object whose key says that they are secret. */
function secretTexts(value: string): readonly string[] {
  if (!value.startsWith("{")) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    // Not JSON after all; it is masked as a whole.
    return [];
  }
  return Object.entries(parsed as Record<string, unknown>).flatMap(([key, inner]) =>
    typeof inner === "string" && SECRET_KEY.test(key) ? [inner] : [],
  );
}

function formsOf(value: string): readonly SecretForm[] {
  const bytes = utf8(value);
  const base64 = [0, 1, 2].map((offset) => base64Core(bytes, offset));
  const digits = hex(bytes);
  const url = percentEncoded(bytes, true);
  const texts = [
    value,
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    digits,
    digits.toUpperCase(),
    url,
    percentEncoded(bytes, false),
    url.replaceAll("%20", "+"),
    jsonEscaped(value, false),
    jsonEscaped(value, true),
    jsonEscaped(value, false).replaceAll("/", "\\/"),
  ];
  const mask = utf8(MASK);
  return [
    ...texts.map((text) => ({ bytes: utf8(text), mask })),
    { bytes: utf16(value, false), mask: utf16(MASK, false) },
    { bytes: utf16(value, true), mask: utf16(MASK, true) },
  ];
}
