import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogEncoding } from "#contract/log.ts";
import type { BlockEntry, LogBlock } from "#core/log-block.ts";
import { runs } from "#tests/helpers/property-runs.ts";
import { BlockSearch } from "./block-search.ts";
import { createLineFinder } from "./line-finder.ts";
import { LineView, NOTHING_FOUND } from "./line-text.ts";
import { type LogPiece, PIECES_START, PieceSplitter } from "./log-piece.ts";
import type { LineWish } from "./search-job.ts";

const LETTERS = ["a", "b", "B", "\n", "é", "€", "Straße"].map((text) => Buffer.from(text));

type Item = readonly ["stdout" | "stderr", number[]] | "missing" | "end";

const items = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.tuple(fc.constantFrom("stdout", "stderr"), fc.array(fc.nat(255), { maxLength: 12 })),
    },
    { weight: 1, arbitrary: fc.constant("missing" as const) },
    { weight: 1, arbitrary: fc.constant("end" as const) },
  ),
  { maxLength: 40 },
);

/** Pieces of a small alphabet, cut at any byte. */
function piecesOf(list: readonly Item[]): LogPiece[] {
  const rest = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  return list.map((item): LogPiece => {
    if (item === "missing") return { kind: "gap", gap: { sizeBytes: 7, cause: "log-damaged" }, atMs: 1 };
    if (item === "end") return { kind: "end", atMs: 1 };
    const [stream, numbers] = item;
    const bytes = Buffer.concat([
      rest[stream],
      ...numbers.map((number) => LETTERS[number % LETTERS.length] ?? Buffer.alloc(0)),
    ]);
    // The last byte waits for the next chunk, so that characters are cut, too.
    rest[stream] = bytes.subarray(Math.max(0, bytes.length - 1));
    return { kind: "bytes", stream, payload: bytes.subarray(0, Math.max(0, bytes.length - 1)), atMs: 1 };
  });
}

/** The pieces in blocks of a few. */
function blocksOf(pieces: readonly LogPiece[], size: number): LogBlock[] {
  const splitter = new PieceSplitter(PIECES_START);
  const blocks: LogBlock[] = [];
  for (let at = 0; at < pieces.length; at += size) {
    const some = pieces.slice(at, at + size);
    const carry = splitter.state();
    for (const piece of some) splitter.feed(piece);
    const payload = Buffer.concat(
      some.map((piece) => (piece.kind === "bytes" ? piece.payload : Buffer.alloc(0))),
    );
    blocks.push({ carry, entries: some.map(entryOf), payload });
  }
  return blocks;
}

function entryOf(piece: LogPiece): BlockEntry {
  if (piece.kind === "bytes")
    return { kind: piece.stream, sizeBytes: piece.payload.length, atMs: piece.atMs };
  return piece.kind === "gap" ? { kind: "missing", atMs: 1, gap: piece.gap } : { kind: "end", atMs: 1 };
}

function wishFor(change: Partial<LineWish>): LineWish {
  const nothing = { also: [], levels: null, streams: null, fields: [], sinceMs: null, untilMs: null };
  const everyLine = { fromLine: 1, toLine: Number.MAX_SAFE_INTEGER };
  const usual = { text: "", isRegex: false, isCaseSensitive: true, hasLines: false, hasDetails: false };
  return { ...nothing, ...everyLine, ...usual, limit: 10_000, ...change };
}

function search(blocks: readonly LogBlock[], wish: LineWish): number[] {
  const desk = new BlockSearch({ wish, encoding: "utf-8", found: NOTHING_FOUND }, createLineFinder(wish));
  return blocks.flatMap((block) => desk.block(block).hits.map(({ number }) => number));
}

function linesOf(
  pieces: readonly LogPiece[],
  encoding: LogEncoding = "utf-8",
): { number: number; text: string }[] {
  const view = new LineView({ encoding, hasDetails: false, memory: { found: NOTHING_FOUND } });
  const lines: { number: number; text: string }[] = [];
  const splitter = new PieceSplitter(PIECES_START);
  for (const piece of pieces) splitter.feed(piece, (line) => lines.push(view.lineOf(line)));
  return lines;
}

test("a search finds exactly the complete lines whose text holds what is sought", () => {
  const texts = fc.constantFrom(
    "a",
    "ab",
    "aB",
    "é€",
    "b\n",
    "straße",
    "ßea",
    "damaged",
    "€a",
    "bab",
    "\uFFFD",
    "\uFFFDb",
  );
  fc.assert(
    fc.property(
      items,
      texts,
      fc.record({ isCaseSensitive: fc.boolean(), size: fc.integer({ min: 1, max: 9 }) }),
      (list, text, { isCaseSensitive, size }) => {
        const pieces = piecesOf(list);
        const fold = (value: string) => (isCaseSensitive ? value : value.toLowerCase());

        const found = search(blocksOf(pieces, size), wishFor({ text, isCaseSensitive }));

        const expected = linesOf(pieces).filter((line) => fold(line.text).includes(fold(text)));
        expect(found).toEqual(expected.map(({ number }) => number));
      },
    ),
    { numRuns: runs(500) },
  );
});

test("a pattern finds exactly the complete lines that fit it", () => {
  const patterns = fc.constantFrom(
    "^a",
    "b$",
    "^$",
    "a.b",
    "é+€",
    "(a|b)b*$",
    "[^a]B",
    "a{2}",
    "Stra(ß|s)e",
    "a*",
    "damaged$",
    "^[^a-z]+$",
    "\\uFFFD",
  );
  fc.assert(
    fc.property(items, patterns, fc.integer({ min: 1, max: 9 }), (list, pattern, size) => {
      const pieces = piecesOf(list);

      const found = search(blocksOf(pieces, size), wishFor({ text: pattern, isRegex: true }));

      const expected = linesOf(pieces).filter(({ text }) => new RegExp(pattern, "u").test(text));
      expect(found).toEqual(expected.map(({ number }) => number));
    }),
    {
      numRuns: runs(500),
      examples: [
        // The end of the log tears a character apart, so line 2 begins with the rest of it.
        [[["stdout", [200]], "end", ["stdout", [212]], ["stdout", [73, 0]]], "[^a]B", 1],
        // The store's own line.
        [["missing"], "damaged\\]$", 1],
      ],
    },
  );
});

test.each([
  // How many replacement characters a decoder shows for what is no character.
  ["a stray byte", [0xa9], 1],
  ["two stray bytes", [0xa9, 0xa9], 2],
  ["a character cut short", [0xe2, 0x82], 1],
  ["a character cut short before another", [0xf0, 0x9f, 0x9b, 0xc3], 2],
  ["a character written too long", [0xc0, 0xaf], 2],
  ["half of a pair", [0xed, 0xa0, 0x80], 3],
  ["a character beyond the last one", [0xf4, 0x90, 0x80, 0x80], 4],
  ["a byte that no character has", [0xff], 1],
])("%s is found as the replacement characters that are shown for it", (_name, broken, count) => {
  const bytes = Buffer.concat([Buffer.from("x\n"), Buffer.from(broken), Buffer.from("B\nB\n")]);
  const blocks = blocksOf([{ kind: "bytes", stream: "stdout", payload: bytes, atMs: 1 }], 1);
  const find = (text: string, isRegex: boolean) => search(blocks, wishFor({ text, isRegex }));

  expect(find(`^[^a]{${count}}B`, true)).toEqual([2]);
  expect(find(`^\\uFFFD{${count}}B`, true)).toEqual([2]);
  expect(find(`^.{${count + 1}}B`, true)).toEqual([]);
  expect(find(`${"\uFFFD".repeat(count)}B`, false)).toEqual([2]);
});

test.each(["utf-16le", "utf-16be"] as const)(
  "lines of %s and of UTF-8 in one log are found as they are shown",
  (encoding) => {
    const wide = (text: string) => {
      const bytes = Buffer.from(`${text}\r\n`, "utf16le");
      return encoding === "utf-16le" ? bytes : bytes.swap16();
    };
    const payload = Buffer.concat([
      Buffer.from("ошибка one\n"),
      wide("ошибка two"),
      wide("fine"),
      Buffer.from("fine\nошибка three\n"),
    ]);
    const [block] = blocksOf([{ kind: "bytes", stream: "stdout", payload, atMs: 1 }], 1);
    const find = (text: string, isRegex = false) => {
      const wish = wishFor({ text, isRegex });
      const desk = new BlockSearch({ wish, encoding, found: NOTHING_FOUND }, createLineFinder(wish));
      return block === undefined ? [] : desk.block(block).hits.map(({ number }) => number);
    };

    expect([find("ошибка"), find("fine"), find("^\\w+$", true)]).toEqual([
      [1, 2, 5],
      [3, 4],
      [3, 4],
    ]);
  },
);

test("lines of a code page and of UTF-8 in one log are found as they are shown", () => {
  const line = fc.constantFrom("plain", "ошибка", "ошибка: fine", "", "Zürich");
  // Letters of windows-1251 where there are any.
  const paged = (text: string) =>
    Buffer.from(
      [...text].map((char) => (char >= "а" && char <= "я" ? char.charCodeAt(0) - 0x350 : char.charCodeAt(0))),
    );
  const pattern = "^.{6}(: fine)?$";
  fc.assert(
    fc.property(fc.array(fc.tuple(line, fc.boolean())), fc.constantFrom("", "end"), (list, end) => {
      const lines = list.map(([text, isPaged]) => (isPaged ? paged(text) : Buffer.from(text)));
      const payload = Buffer.concat([
        ...lines.flatMap((bytes) => [bytes, Buffer.from("\n")]),
        Buffer.from(end),
      ]);
      const pieces: LogPiece[] = [{ kind: "bytes", stream: "stdout", payload, atMs: 1 }];
      const wish = wishFor({ text: pattern, isRegex: true });
      const desk = new BlockSearch(
        { wish, encoding: "windows-1251", found: NOTHING_FOUND },
        createLineFinder(wish),
      );

      const found = blocksOf(pieces, 1).flatMap((block) =>
        desk.block(block).hits.map(({ number }) => number),
      );

      const expected = linesOf(pieces, "windows-1251").filter(({ text }) =>
        new RegExp(pattern, "u").test(text),
      );
      expect(found).toEqual(expected.map(({ number }) => number));
    }),
  );
});

test.each([0, 1])(
  "the end of a line longer than a block is found across its edge, moved by %d bytes",
  (offset) => {
    const bytes = Buffer.from(`${"x".repeat(offset)}${"é".repeat(140_000)}needle\nneedle\n`);
    // The edge goes through the text, and where the line is cut for the block behind it, through a character or not.
    const edge = bytes.indexOf("needle") + 3;
    const pieces = [bytes.subarray(0, edge), bytes.subarray(edge)].map(
      (payload): LogPiece => ({ kind: "bytes", stream: "stdout", payload, atMs: 1 }),
    );
    const find = (text: string) => search(blocksOf(pieces, 1), wishFor({ text, isRegex: true }));

    expect([find("é{9}needle$"), find("^(é|needle)"), find("\\uFFFD")]).toEqual([[1], [2], []]);
  },
);

test("a search hands over no more than its limit and counts the rest", () => {
  const pieces: LogPiece[] = [
    { kind: "bytes", stream: "stdout", payload: Buffer.from("a\na\na\n"), atMs: 1 },
  ];
  const wish = wishFor({ text: "a", limit: 2 });
  const desk = new BlockSearch({ wish, encoding: null, found: NOTHING_FOUND }, createLineFinder(wish));

  const [found] = blocksOf(pieces, 1).map((block) => desk.block(block));

  expect(found?.count).toBe(3);
  expect(found?.hits.map(({ number }) => number)).toEqual([1, 2]);
});

test("a pattern sees a line that is cut in two whole, up to the size of a block", () => {
  const line = (size: number) => `begins ${"x".repeat(size)} ends`;
  const chunk = (text: string): LogPiece => ({
    kind: "bytes",
    stream: "stdout",
    payload: Buffer.from(text),
    atMs: 1,
  });
  const found = (size: number, cut: number) => {
    const text = line(size);
    const pieces = [chunk(`before\n${text.slice(0, cut)}`), chunk(`${text.slice(cut)}\nafter\n`)];
    return search(blocksOf(pieces, 1), wishFor({ text: "^begins x+ ends$", isRegex: true }));
  };

  for (const cut of [1, 40_000, 60_000, 150_000, 200_000]) {
    expect(found(200_000, cut), `cut at ${cut}`).toEqual([2]);
  }
});
