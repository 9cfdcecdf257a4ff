import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "#tests/helpers/property-runs.ts";
import { LineView } from "./line-text.ts";
import { PIECES_START, PieceSplitter } from "./log-piece.ts";

type Kind = "utf-8" | "utf-16le" | "utf-16be";

function encoded(text: string, kind: Kind): Buffer {
  if (kind === "utf-8") return Buffer.from(text);
  const wide = Buffer.from(text, "utf16le");
  return kind === "utf-16le" ? wide : wide.swap16();
}

/** What a view shows of lines of both kinds, one after the other. */
function shown(lines: readonly (readonly [text: string, kind: Kind])[]): string[] {
  return shownBytes(Buffer.concat(lines.map(([text, kind]) => encoded(`${text}\r\n`, kind))));
}

function shownBytes(payload: Buffer): string[] {
  const view = new LineView({ encoding: null, hasDetails: false, found: { foundEncoding: null } });
  const texts: string[] = [];
  view.lookAt(payload);
  const splitter = new PieceSplitter(PIECES_START);
  splitter.feed({ kind: "bytes", stream: "stdout", payload, atMs: 1 }, (line) =>
    texts.push(view.lineOf(line).text),
  );
  return texts;
}

describe("lines of UTF-16 among lines of UTF-8", () => {
  const words = fc.array(fc.constantFrom("ready", "готов", "7", "ошибка", "x=1", "Zürich", "[ok]"), {
    maxLength: 6,
  });
  const line = words.map((list) => list.join(" "));

  test("are shown as what each of them is, in any order", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Kind>("utf-16le", "utf-16be"),
        fc.array(fc.tuple(line, fc.boolean()), { maxLength: 12 }),
        (wide, list) => {
          const kindOf = (isWide: boolean) => (isWide ? wide : "utf-8");
          // One line that says enough for the guess.
          const lines = [
            ...list.map(([text, isWide]) => [text, kindOf(isWide)] as const),
            ["готово: all is done", wide] as const,
          ];

          expect(shown(lines)).toEqual(lines.map(([text]) => text));
        },
      ),
      { numRuns: runs(500) },
    );
  });

  test.each(["utf-16le", "utf-16be"] as const)(
    "do not spoil a log in which %s comes late and once",
    (wide) => {
      const plain = ["one", "два", "three", ""].map((text) => [text, "utf-8"] as const);
      const lines = [...plain, ["The service cannot be started.", wide] as const, ...plain];

      expect(shown(lines)).toEqual(lines.map(([text]) => text));
    },
  );
});

test("zeros between names do not make them UTF-16", () => {
  const names = "a.txt\0b\0notes.md\0c";

  expect(
    shown([
      ["first", "utf-8"],
      [names, "utf-8"],
    ]),
  ).toEqual(["first", names]);
});

test.each([
  ["empty lines", "\n".repeat(70_000)],
  ["lines of UTF-8", "всё хорошо\n".repeat(8_000)],
  ["one long line", `${"x".repeat(150_000)}\n`],
])("an encoding is found behind %s", (_, before) => {
  const head = Buffer.from(before);
  const page = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x2c, 0x20, 0xec, 0xe8, 0xf0, 0x21, 0x0a]);
  const wide = Buffer.from("Привет\nширокий мир\nещё раз\n", "utf16le");

  expect(shownBytes(Buffer.concat([head, page])).at(-1)).toBe("Привет, мир!");
  expect(shownBytes(Buffer.concat([head, wide])).slice(-3)).toEqual(["Привет", "широкий мир", "ещё раз"]);
});
