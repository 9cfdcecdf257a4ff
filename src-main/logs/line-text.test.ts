import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LogEncoding } from "#contract/log.ts";
import { runs } from "#tests/helpers/property-runs.ts";
import { LineView, NOTHING_FOUND } from "./line-text.ts";
import { PIECES_START, PieceSplitter } from "./log-piece.ts";

type Kind = LogEncoding;

function encoded(text: string, kind: Kind): Buffer {
  if (kind === "utf-8") return Buffer.from(text);
  if (kind === "windows-1251" || kind === "ibm866")
    return Buffer.from([...text].map((letter) => inPage(letter, kind)));
  const wide = Buffer.from(text, "utf16le");
  return kind === "utf-16le" ? wide : wide.swap16();
}

/** Small letters of Russian and plain characters. */
function inPage(letter: string, page: "windows-1251" | "ibm866"): number {
  if (letter < "а" || letter > "я") return letter.charCodeAt(0);
  const at = letter.charCodeAt(0) - 0x430;
  if (page === "windows-1251") return 0xe0 + at;
  return at < 16 ? 0xa0 + at : 0xd0 + at;
}

/** What a view shows of lines of both kinds, one after the other. */
function shown(lines: readonly (readonly [text: string, kind: Kind])[]): string[] {
  return shownBytes(Buffer.concat(lines.map(([text, kind]) => encoded(`${text}\r\n`, kind))));
}

function createView(encoding: LogEncoding | null = null): LineView {
  return new LineView({ encoding, hasDetails: false, memory: { found: NOTHING_FOUND } });
}

function shownBytes(payload: Buffer, view = createView()): string[] {
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

describe("lines of UTF-16, of a code page and of UTF-8 in one log", () => {
  const words = fc.array(fc.constantFrom("ready", "готов", "ошибка", "x=1", "[ok]", "да", ""), {
    maxLength: 6,
  });
  const line = words.map((list) => list.join(" "));
  const kinds = fc.record({
    wide: fc.constantFrom<Kind>("utf-16le", "utf-16be"),
    page: fc.constantFrom<Kind>("windows-1251", "ibm866"),
  });

  test("are shown as what each of them is, in any order", () => {
    fc.assert(
      fc.property(
        kinds,
        fc.array(fc.tuple(line, fc.constantFrom("wide" as const, "page" as const, "narrow" as const)), {
          maxLength: 12,
        }),
        fc.boolean(),
        ({ wide, page }, list, isWideFirst) => {
          const kindOf = { wide, page, narrow: "utf-8" } as const;
          // One line of each kind that says enough for the guess; one behind UTF-16 begins with half a line feed.
          const plain = ["ready", "utf-8"] as const;
          const telling = [
            [plain, ["готово: все в порядке", page] as const],
            [plain, ["готово: all is done", wide] as const],
          ];
          const lines = [
            ...list.map(([text, which]) => [text, kindOf[which]] as const),
            ...(isWideFirst ? telling.toReversed() : telling).flat(),
          ];

          expect(shown(lines)).toEqual(lines.map(([text]) => text));
        },
      ),
      { numRuns: runs(500) },
    );
  });

  test.each([
    ["windows-1251", "utf-16le"],
    ["windows-1251", "utf-16be"],
    ["ibm866", "utf-16le"],
    ["ibm866", "utf-16be"],
  ] as const)("are found out when %s was found long before %s came", (page, wide) => {
    const before = Array.from({ length: 3_000 }, () => ["ошибка: файл не найден", page] as const);
    const late = [["служба запущена", wide] as const, ["второй ответ", wide] as const];
    const payload = (lines: readonly (readonly [string, Kind])[]) =>
      Buffer.concat(lines.map(([text, kind]) => encoded(`${text}\r\n`, kind)));
    const view = createView();

    // In one piece, and in one that comes when the code page is known.
    expect(shown([...before, ...late, ...before]).slice(3_000, 3_003)).toEqual([
      "служба запущена",
      "второй ответ",
      "ошибка: файл не найден",
    ]);
    expect(shownBytes(payload(before), view).at(-1)).toBe("ошибка: файл не найден");
    expect(shownBytes(payload([...late, ...before]), view).slice(0, 3)).toEqual([
      "служба запущена",
      "второй ответ",
      "ошибка: файл не найден",
    ]);
  });

  test("are all read in the encoding that a person chose", () => {
    const payload = Buffer.concat([
      encoded("файл\n", "windows-1251"),
      encoded("служба запущена\n", "utf-16le"),
    ]);

    expect(shownBytes(payload, createView("ibm866"))[0]).toBe("Їрщы");
    expect(shownBytes(payload, createView("windows-1251"))[1]).toContain("\0");
  });
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
