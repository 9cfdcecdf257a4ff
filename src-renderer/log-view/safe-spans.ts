/** Colours a log may ask for. Each is a class whose shade is readable on both grounds, never a value of its own. */
export const ANSI_COLORS = [
  "black",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "white",
  "bright-black",
  "bright-red",
  "bright-green",
  "bright-yellow",
  "bright-blue",
  "bright-magenta",
  "bright-cyan",
  "bright-white",
] as const;
export type AnsiColor = (typeof ANSI_COLORS)[number];

export interface SpanStyle {
  readonly color: AnsiColor | null;
  readonly ground: AnsiColor | null;
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
  readonly isStruck: boolean;
  readonly isInverse: boolean;
}

/** A piece of a line, to be shown as a text node. `control` stands for characters that must not act or hide. */
export interface Span {
  readonly kind: "text" | "control";
  readonly text: string;
  readonly style: SpanStyle;
}

export const PLAIN: SpanStyle = {
  color: null,
  ground: null,
  isBold: false,
  isDim: false,
  isItalic: false,
  isUnderlined: false,
  isStruck: false,
  isInverse: false,
};

/**
 * Whatever may act, hide, or reorder: controls, formats, lone surrogates, line separators, ignorables; and heaps of
 * marks, which paint over the lines around.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|\p{M}{9}/u;
/** More marks than any script puts on one letter. */
const MOST_MARKS = 8;
const HEAP = /^\p{M}{9}/u;
const PIECES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the purpose of this file
  /\u001b\[([0-9;:]*)m|\p{M}{9,}|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const PICTOGRAPH_BEFORE = /(?:\p{Extended_Pictographic}|[0-9#*])$/u;
const JOINABLE_BEFORE = /\p{Extended_Pictographic}\ufe0f?(?:[\u{1f3fb}-\u{1f3ff}])?$/u;
const PICTOGRAPH_AFTER = /^\p{Extended_Pictographic}/u;

/**
 * Turns one line of output into pieces that can only be looked at.
 *
 * 1. Only SGR sequences (`ESC [ … m`) made of allow-listed codes are obeyed; true colours become the nearest
 *    of sixteen classes, so that a program cannot print text that nobody can read.
 * 2. Every other control, escape, direction or invisible character is shown as visible text; nothing is
 *    dropped except the carriage return of a CR LF line end.
 * 3. No piece is a link, and no piece carries a value of the line other than as text.
 * 4. State never crosses lines.
 */
export function safeSpans(line: string): readonly Span[] {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (!UNSAFE.test(text)) return text === "" ? [] : [{ kind: "text", text, style: PLAIN }];

  const spans: Span[] = [];
  let style = PLAIN;
  let plainFrom = 0;
  const flush = (until: number) => {
    if (until > plainFrom) spans.push({ kind: "text", text: text.slice(plainFrom, until), style });
  };
  for (const match of text.matchAll(PIECES)) {
    const [piece, codes] = match;
    if (piece === "\t" || isHarmlessJoiner(text, match.index, piece)) continue;
    if (HEAP.test(piece)) {
      const marks = [...piece];
      flush(match.index + marks.slice(0, MOST_MARKS).join("").length);
      plainFrom = match.index + piece.length;
      spans.push({ kind: "control", text: `‹+${marks.length - MOST_MARKS}›`, style });
      continue;
    }
    const next = codes === undefined ? null : applySgr(style, codes);
    flush(match.index);
    plainFrom = match.index + piece.length;
    if (next === null) spans.push({ kind: "control", text: visible(piece), style });
    else style = next;
  }
  flush(text.length);
  return spans;
}

/** The line as `safeSpans` shows it, without colours: what copying puts on the clipboard. */
export function safeText(line: string): string {
  return safeSpans(line)
    .map((span) => span.text)
    .join("");
}

/** An emoji presentation mark or joiner that stands where emoji need it; anywhere else it can hide data. */
function isHarmlessJoiner(text: string, index: number, piece: string): boolean {
  if (piece !== "\u200d" && piece !== "\ufe0f" && piece !== "\ufe0e") return false;
  const before = text.slice(Math.max(0, index - 6), index);
  if (piece === "\u200d")
    return JOINABLE_BEFORE.test(before) && PICTOGRAPH_AFTER.test(text.slice(index + 1, index + 3));
  return PICTOGRAPH_BEFORE.test(before);
}

const CONTROL_NAMES = (
  "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC " +
  "FS GS RS US"
).split(" ");

/** The name of a control where it has one, else the code point by number. */
function visible(piece: string): string {
  return [...piece].map(visibleCharacter).join("");
}

function visibleCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const name = code === 0x7f ? "DEL" : CONTROL_NAMES[code];
  if (name !== undefined) return `‹${name}›`;
  if (!UNSAFE.test(character)) return character;
  return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;
}

type Change = Partial<SpanStyle> | "reset";

const SWITCHES: ReadonlyMap<number, Change> = new Map<number, Change>([
  [0, "reset"],
  [1, { isBold: true }],
  [2, { isDim: true }],
  [3, { isItalic: true }],
  [4, { isUnderlined: true }],
  [7, { isInverse: true }],
  [9, { isStruck: true }],
  [22, { isBold: false, isDim: false }],
  [23, { isItalic: false }],
  [24, { isUnderlined: false }],
  [27, { isInverse: false }],
  [29, { isStruck: false }],
  [39, { color: null }],
  [49, { ground: null }],
]);

/** The style after an SGR sequence; null when it holds anything that is not on the list. */
function applySgr(style: SpanStyle, codesText: string): SpanStyle | null {
  if (codesText.length > 64) return null;
  const codes = codesText.split(/[;:]/).map(Number);
  let next = style;
  for (let at = 0; at < codes.length; ) {
    const { change, used } = readCode(codes, at);
    if (change === null) return null;
    next = change === "reset" ? PLAIN : { ...next, ...change };
    at += used;
  }
  return next;
}

function readCode(codes: readonly number[], at: number): { change: Change | null; used: number } {
  const code = codes[at] ?? 0;
  const change = SWITCHES.get(code);
  if (change !== undefined) return { change, used: 1 };
  if (code === 38 || code === 48) {
    const { color, used } = readExtendedColor(codes, at + 1);
    if (color === null) return { change: null, used };
    return { change: code === 38 ? { color } : { ground: color }, used: used + 1 };
  }
  return { change: basicColor(code), used: 1 };
}

function basicColor(code: number): Change | null {
  if (code >= 30 && code <= 37) return { color: colorAt(code - 30) };
  if (code >= 40 && code <= 47) return { ground: colorAt(code - 40) };
  if (code >= 90 && code <= 97) return { color: colorAt(code - 90 + 8) };
  if (code >= 100 && code <= 107) return { ground: colorAt(code - 100 + 8) };
  return null;
}

function colorAt(index: number): AnsiColor {
  return ANSI_COLORS[index] ?? "white";
}

/** `5;n` and `2;r;g;b`. */
function readExtendedColor(codes: readonly number[], at: number): { color: AnsiColor | null; used: number } {
  const mode = codes[at];
  const values = codes.slice(at + 1, at + (mode === 2 ? 4 : 2));
  const isWhole = values.length === (mode === 2 ? 3 : 1) && values.every((value) => value <= 255);
  if (!isWhole || (mode !== 2 && mode !== 5)) return { color: null, used: 1 };
  if (mode === 2) return { color: nearest(values), used: 4 };
  return { color: indexedColor(values[0] ?? 0), used: 2 };
}

function indexedColor(index: number): AnsiColor {
  if (index < 16) return colorAt(index);
  if (index >= 232) return nearest(Array.from({ length: 3 }, () => 8 + (index - 232) * 10));
  const cube = index - 16;
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  return nearest([level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]);
}

/** Reference values of the sixteen colours, only to find the nearest. */
const REFERENCE: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [190, 30, 30],
  [30, 150, 30],
  [170, 130, 0],
  [30, 70, 200],
  [150, 40, 150],
  [20, 150, 160],
  [190, 190, 190],
  [110, 110, 110],
  [255, 90, 90],
  [90, 230, 90],
  [250, 240, 80],
  [90, 140, 255],
  [240, 110, 240],
  [90, 230, 240],
  [255, 255, 255],
];

function nearest(rgb: readonly number[]): AnsiColor {
  let best = 0;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const [index, reference] of REFERENCE.entries()) {
    const distance = reference.reduce((sum, value, channel) => sum + (value - (rgb[channel] ?? 0)) ** 2, 0);
    if (distance < bestDistance) {
      best = index;
      bestDistance = distance;
    }
  }
  return colorAt(best);
}
