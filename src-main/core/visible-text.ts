/** Text that a program or a stranger wrote, made such that it can only be looked at. Pure; for one line at a time. */

/** Whatever may act, hide, or reorder: controls, formats, lone surrogates, line separators, ignorables. */
const UNSAFE = "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]";
/** More marks than any script puts on one letter; a heap of them paints over the neighbouring lines. */
const MOST_MARKS = 8;
const HEAP = `\\p{M}{${MOST_MARKS + 1},}`;
const PIECES = new RegExp(`(?<heap>${HEAP})|(?<sgr>\\u001b\\[[0-9;]*m)|${UNSAFE}`, "gu");
/** A tab is the one control that text may hold. */
const PLAIN = /^[\t\u0020-\u007e]*$/;
const PICTOGRAPH_BEFORE = /(?:\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier}|[0-9#*])$/u;

/** What becomes of the sequences that only colour: they are obeyed, left out, or shown as any other. */
export type ColourWish = "kept" | "dropped" | "shown";

/**
 * The line with every character that could act on a terminal, hide itself or turn the reading direction round as
 * visible text. A tab stays. Kept colours end with the line.
 */
export function visibleText(line: string, colours: ColourWish = "shown"): string {
  if (PLAIN.test(line)) return line;
  let isOpen = false;
  const text = line.replace(PIECES, (piece: string, ...rest: unknown[]) => {
    const { heap, sgr } = rest.at(-1) as { heap?: string; sgr?: string };
    if (heap !== undefined) return shortened(heap);
    if (sgr === undefined || colours === "shown" || !isHarmlessSgr(sgr)) {
      return isJoiner(piece, line.slice(0, rest[rest.length - 3] as number)) ? piece : shown(piece);
    }
    isOpen = sgr !== "\u001b[0m" && sgr !== "\u001b[m";
    return colours === "kept" ? sgr : "";
  });
  return isOpen && colours === "kept" ? `${text}\u001b[0m` : text;
}

/** Every line of a text of several; its line feeds stay. */
export function visibleLines(text: string, colours: ColourWish = "shown"): string {
  return PLAIN.test(text)
    ? text
    : text
        .split("\n")
        .map((line) => visibleText(line, colours))
        .join("\n");
}

/** JSON in which no character can act on a terminal; it says the same as `JSON.stringify`. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE_IN_JSON, (piece) =>
    [...Array(piece.length).keys()]
      .map((at) => `\\u${piece.charCodeAt(at).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
const UNSAFE_IN_JSON = new RegExp(`${HEAP}|${UNSAFE}`, "gu");

/** Colours, weight and underline of the sixteen and 256 colours; nothing that blinks, hides or asks. */
function isHarmlessSgr(sgr: string): boolean {
  const codes = sgr.slice(2, -1).split(";").map(Number);
  for (let at = 0; at < codes.length; ) {
    const width = widthOf(codes.slice(at, at + 5));
    if (width === 0) return false;
    at += width;
  }
  return sgr.length <= 64;
}

/** How many numbers the first code takes; 0 when it is not to be obeyed. */
function widthOf([code = 0, mode, ...values]: readonly number[]): number {
  if (HARMLESS_CODES.has(code)) return 1;
  if ((code !== 38 && code !== 48) || (mode !== 5 && mode !== 2)) return 0;
  const count = mode === 5 ? 1 : 3;
  const isWhole = values.length >= count && values.slice(0, count).every((value) => value <= 255);
  return isWhole ? count + 2 : 0;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const HARMLESS_CODES = new Set([
  ...[0, 1, 2, 3, 4, 7, 9, 22, 23, 24, 27, 29, 39, 49],
  ...range(30, 37),
  ...range(40, 47),
  ...range(90, 97),
  ...range(100, 107),
]);

/** A joiner or presentation mark inside an emoji; anywhere else it can hide data. */
function isJoiner(piece: string, before: string): boolean {
  return /^[\u200d\ufe0e\ufe0f]$/.test(piece) && PICTOGRAPH_BEFORE.test(before.slice(-4));
}

function shown(piece: string): string {
  return [...piece].map(shownCharacter).join("");
}

function shownCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x09) return character;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  if (!UNSAFE_CHARACTER.test(character)) return character;
  return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;
}
const UNSAFE_CHARACTER = new RegExp(UNSAFE, "u");

function shortened(heap: string): string {
  const marks = [...heap];
  return `${shown(marks.slice(0, MOST_MARKS).join(""))}‹${marks.length - MOST_MARKS} more marks›`;
}
