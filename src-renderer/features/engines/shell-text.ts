/** Parameters of a colour sequence (SGR); at its end perhaps only a part of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the purpose of this file
const COLOURS = /\u001b\[([0-9;:]*)m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
const UNFINISHED = /\u001b(\[[0-9;:]{0,64})?$/;
const TRUE_COLOUR = /(?<=^|[;:])([34]8)(?:;2;|:2:[0-9]*:|:2:)(\d+)[;:](\d+)[;:](\d+)/g;

/**
 * Decodes what a program in a terminal says, and turns its true colours into the nearest of 256: the terminal writes
 * true colours into style attributes, which the page's policy refuses; the 256 are classes.
 */
export class ShellText {
  readonly #decoder = new TextDecoder();
  #held = "";

  push(bytes: Uint8Array): string {
    const text = this.#held + this.#decoder.decode(bytes, { stream: true });
    const cut = UNFINISHED.exec(text)?.index ?? text.length;
    this.#held = text.slice(cut);
    return text
      .slice(0, cut)
      .replace(COLOURS, (_, codes: string) => `\u001b[${codes.replace(TRUE_COLOUR, nearestOf256)}m`);
  }
}

function nearestOf256(...[, kind, red, green, blue]: readonly string[]): string {
  const rgb = [red, green, blue].map((value) => Math.min(255, Number(value)));
  const [r = 0, g = 0, b = 0] = rgb.map((value) => Math.round((value / 255) * 5));
  return `${kind};5;${16 + 36 * r + 6 * g + b}`;
}

const PARTS = /(\s+)|"([^"]*)"|'([^']*)'|([^\s"']+)/gy;

/** Words of a command line; quotes keep words together. Null while a quote is open. */
export function splitCommand(text: string): readonly string[] | null {
  const words: string[] = [];
  let isInWord = false;
  let end = 0;
  for (const [part, space, double, single, plain = ""] of text.matchAll(PARTS)) {
    end += part.length;
    if (space === undefined) words.push(`${isInWord ? (words.pop() ?? "") : ""}${double ?? single ?? plain}`);
    isInWord = space === undefined;
  }
  return end === text.length ? words : null;
}
