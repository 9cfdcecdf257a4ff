import { type GapCause, gapCauseSchema, type OutputGap } from "#contract/log.ts";

/** A gap as it is stored, in a spool and in a log. */
export function encodeGap({ sizeBytes, cause }: OutputGap): Uint8Array {
  return asciiBytes(JSON.stringify({ sizeBytes, cause }));
}

/** Never throws: what a later version wrote is still a gap. */
export function decodeGap(bytes: Uint8Array): OutputGap {
  const stored = parsed(bytes);
  const { sizeBytes } = stored;
  return {
    sizeBytes: Number.isSafeInteger(sizeBytes) ? (sizeBytes as number) : null,
    cause: gapCauseSchema.safeParse(stored.cause).data ?? "unknown",
  };
}

function parsed(bytes: Uint8Array): { readonly sizeBytes?: unknown; readonly cause?: unknown } {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  try {
    return Object(JSON.parse(text));
  } catch {
    // Told as a gap of which nothing is known.
    return {};
  }
}

const CAUSES: Readonly<Record<GapCause, string>> = {
  "not-recorded":
    "Pilothouse was away, and the engine keeps no copy of what a run with credentials prints, which would hold them",
  "engine-copy":
    "Pilothouse was away; what follows is the engine's own copy: bytes may be altered in it, and what was printed within a second of the break may be missing or told twice",
  "not-maskable":
    "Pilothouse does not know any more which values of this run to hide, so what it prints from here on is not kept",
  "copy-lost": "files in which it waited for Pilothouse were removed; what follows may have been told before",
  "copy-damaged": "a file in which it waited for Pilothouse is damaged",
  "watcher-ended": "the process that took the output down was ended by something else",
  "computer-stopped": "the computer stopped before everything was on the disk",
  "source-gone": "what ran was removed by something else before everything was read",
  "log-damaged": "this log is damaged",
  unknown: "nobody knows why",
};

/** The line that stands for a gap, without its line end; ASCII. */
export function gapText({ sizeBytes, cause, lines }: OutputGap): string {
  const what = sizeBytes === null ? "output is" : `${sizeBytes} bytes of output are`;
  if (lines !== undefined) {
    const range = lines.from === lines.to ? `line ${lines.from}` : `lines ${lines.from} to ${lines.to}`;
    return `[Pilothouse: ${what} missing here, ${range}: ${CAUSES[cause]}]`;
  }
  return `[Pilothouse: ${what} missing here: ${CAUSES[cause]}]`;
}

/** `gapText` as bytes. */
export function gapLine(gap: OutputGap): Uint8Array {
  return asciiBytes(gapText(gap));
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
