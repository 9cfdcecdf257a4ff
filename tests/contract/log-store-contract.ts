import { describe, expect, test } from "vitest";
import { LINE_TEXT_LIMIT, readLogSchema, searchLogSchema } from "#contract/log.ts";
import { bytesOf, createFeeder, type LogStoreUnderTest, never, RUN, textsOf } from "./log-store-fixture.ts";

/** The promises of `log-store.ts` about what is stored, run against every log store. */
export function describeLogStoreContract(name: string, make: () => Promise<LogStoreUnderTest>): void {
  describe(`log store contract: ${name}`, () => {
    test("every byte value, NUL and invalid UTF-8 included, comes back as it was", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      const all = Uint8Array.from({ length: 256 }, (_, value) => value);
      const hostile = Uint8Array.of(
        0xff,
        0xfe,
        0xc0,
        0x80,
        0xed,
        0xa0,
        0x80,
        0,
        0x0d,
        0x0a,
        0xf7,
        0x50,
        0x46,
        0x1a,
      );

      await feed("stdout", all);
      await feed("stderr", hostile);
      await feed("stdout", all);
      await writer.seal();

      const expected = Buffer.concat([all, hostile, all]);
      expect((await bytesOf(subject.store)).equals(expected)).toBe(true);
      expect((await bytesOf(await subject.reopen())).equals(expected)).toBe(true);
    });

    test("lines of both streams share one numbering, in the order of their completion", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      await feed("stdout", "one\ntwo");
      await feed("stderr", "warn");
      await feed("stderr", "ing\n");
      await feed("stdout", " ends\nlast");
      await writer.seal();

      const page = await subject.store.page(readLogSchema.parse({ runId: RUN }));

      expect(page.lines).toEqual([
        { number: 1, stream: "stdout", atMs: 1, text: "one", isCut: false },
        { number: 2, stream: "stderr", atMs: 3, text: "warning", isCut: false },
        { number: 3, stream: "stdout", atMs: 4, text: "two ends", isCut: false },
        { number: 4, stream: "stdout", atMs: 4, text: "last", isCut: false },
      ]);
      expect(page).toMatchObject({ lineCount: 4, sizeBytes: 25, isEnd: true });
    });

    test("CR LF is one line end, also cut in two, and a lone CR is text", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      await feed("stdout", "a\r\nb\r");
      await feed("stdout", "\nc\rd\n\r\n\n");
      await writer.release();

      expect(await textsOf(subject.store)).toEqual(["a", "b", "c\rd", "", ""]);
    });

    test("a character that is cut by a chunk border arrives whole", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      for (const byte of Buffer.from("Grüße, мир, 🛰️\n")) await feed("stdout", Uint8Array.of(byte));
      await feed("stdout", Uint8Array.of(0xe2, 0x82, 0x0a));
      await writer.release();

      expect(await textsOf(subject.store)).toEqual(["Grüße, мир, 🛰️", "\ufffd"]);
    });

    test("a line of megabytes is cut for the view and whole in the bytes", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      const piece = Buffer.alloc(300_000, "x");
      for (let count = 0; count < 10; count += 1) await feed("stdout", piece);
      await feed("stdout", "\nshort\n");
      await writer.seal();

      const { lines } = await subject.store.page(readLogSchema.parse({ runId: RUN }));

      expect(lines.map(({ text, isCut }) => [text.length, isCut])).toEqual([
        [LINE_TEXT_LIMIT, true],
        [5, false],
      ]);
      expect((await bytesOf(subject.store)).length).toBe(3_000_007);
      expect(await textsOf(await subject.reopen(), { from: 2 })).toEqual(["short"]);
    });

    test("a line is cut only beyond the limit, and never inside a character", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      await feed("stdout", `${"y".repeat(LINE_TEXT_LIMIT)}\r\n`);
      await feed("stdout", `${"y".repeat(LINE_TEXT_LIMIT - 1)}🛰️\n`);
      await feed("stdout", `${"€".repeat(LINE_TEXT_LIMIT + 1)}\n`);
      await writer.release();

      const { lines } = await subject.store.page(readLogSchema.parse({ runId: RUN }));

      expect(lines.map(({ text, isCut }) => [text.length, isCut])).toEqual([
        [LINE_TEXT_LIMIT, false],
        [LINE_TEXT_LIMIT - 1, true],
        [LINE_TEXT_LIMIT, true],
      ]);
      expect(lines[2]?.text).toBe("€".repeat(LINE_TEXT_LIMIT));
    });

    test("one chunk of many megabytes is stored whole", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const bytes = Buffer.alloc(5_000_001, "0123456789\n");
      await createFeeder(writer)("stderr", bytes);
      await writer.seal();

      const reopened = await subject.reopen();

      expect((await bytesOf(reopened)).equals(bytes)).toBe(true);
      expect((await reopened.page(readLogSchema.parse({ runId: RUN, from: -1 }))).lineCount).toBe(454_546);
    });

    test("pages begin anywhere, also counted from the end", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const text = Array.from({ length: 60_000 }, (_, index) => `line ${index + 1}\n`).join("");
      const feed = createFeeder(writer);
      for (let at = 0; at < text.length; at += 7_001) await feed("stdout", text.slice(at, at + 7_001));
      await writer.release();

      for (const store of [subject.store, await subject.reopen()]) {
        expect(await textsOf(store, { from: 59_998 })).toEqual(["line 59998", "line 59999", "line 60000"]);
        expect(await textsOf(store, { from: 33_333, limit: 2 })).toEqual(["line 33333", "line 33334"]);
        expect(await textsOf(store, { from: -2 })).toEqual(["line 59999", "line 60000"]);
        expect(await textsOf(store, { from: -90_000, limit: 1 })).toEqual(["line 1"]);
        expect(await textsOf(store, { from: 0, limit: 1 })).toEqual(["line 1"]);
        expect(await textsOf(store, { from: 60_001 })).toEqual([]);
      }
    });

    test("a released log goes on where it stopped, and its cursor says where that was", async () => {
      await using subject = await make();
      const first = await subject.store.openWriter(RUN);
      const begunAt = first.cursor;
      await createFeeder(first)("stdout", "half of ");
      await first.release();
      const reopened = await subject.reopen();
      const second = await reopened.openWriter(RUN);
      const resumedAt = second.cursor;
      await second.append({ stream: "stdout", bytes: Buffer.from("a line\n"), atMs: 9, cursor: "c2" });

      expect([begunAt, resumedAt, second.cursor]).toEqual([null, "c1", "c2"]);
      expect(await textsOf(reopened)).toEqual(["half of a line"]);
      expect((await reopened.page(readLogSchema.parse({ runId: RUN }))).isEnd).toBe(false);
    });

    test("a sealed log can be opened and sealed again without a change", async () => {
      await using subject = await make();
      const first = await subject.store.openWriter(RUN);
      await createFeeder(first)("stdout", "all");
      await first.seal();
      const again = await (await subject.reopen()).openWriter(RUN);
      expect(again.cursor).toBe("c1");
      await again.seal();

      const page = await (await subject.reopen()).page(readLogSchema.parse({ runId: RUN }));

      expect(page).toMatchObject({ lineCount: 1, isEnd: true, lines: [{ text: "all" }] });
    });

    test("a log has one writer at a time", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);

      await expect(subject.store.openWriter(RUN)).rejects.toThrow("already");
      await writer.release();
      await (await subject.store.openWriter(RUN)).release();
    });

    test("search finds a text in either case, across chunks and in lines longer than a view takes", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      await feed("stdout", "nothing\nan Err");
      await feed("stderr", "Straße error\n");
      await feed("stdout", "or here\n");
      await feed("stdout", `${"z".repeat(700_000)}ERR`);
      await feed("stdout", `OR${"z".repeat(100)}\nend error`);
      await writer.seal();
      const search = async (request: object) =>
        await subject.store.search(searchLogSchema.parse({ runId: RUN, ...request }), never());

      expect(await search({ text: "error" })).toEqual({ lineNumbers: [2, 3, 4, 5], isTruncated: false });
      expect(await search({ text: "Error", isCaseSensitive: true })).toEqual({
        lineNumbers: [3],
        isTruncated: false,
      });
      expect(await search({ text: "straße" })).toEqual({ lineNumbers: [2], isTruncated: false });
      expect(await search({ text: "error", limit: 2 })).toEqual({ lineNumbers: [2, 3], isTruncated: true });
      expect(await search({ text: "e\nr" })).toEqual({ lineNumbers: [], isTruncated: false });
      expect(await search({ text: "n" })).toEqual({ lineNumbers: [1, 3, 5], isTruncated: false });
    });

    test("a search that is called off says so", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      await createFeeder(writer)("stdout", "x\n");

      const failure = subject.store.search(
        searchLogSchema.parse({ runId: RUN, text: "x" }),
        AbortSignal.abort(),
      );

      await expect(failure).rejects.toEqual(expect.objectContaining({ code: "run.cancelled" }));
    });
  });
}
