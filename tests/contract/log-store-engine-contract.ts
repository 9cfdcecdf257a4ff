import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type RunId, runIdSchema } from "#contract/ids.ts";
import {
  type FindProgress,
  findLinesSchema,
  followManySchema,
  type LogHit,
  readLogSchema,
  readMergedSchema,
} from "#contract/log.ts";
import { gapText } from "#core/output-gap.ts";
import type { LogStore, MergedNews } from "#main/logs/index.ts";
import { bytesOf, createFeeder, type LogStoreUnderTest, never, RUN, textsOf } from "./log-store-fixture.ts";

const OTHER: RunId = runIdSchema.parse("0000000000000002");
const DAY = "2026-01-02";

async function find(
  store: LogStore,
  request: object,
): Promise<{ hits: LogHit[]; last: FindProgress | undefined }> {
  const wish = findLinesSchema.parse({ runIds: [RUN], ...request });
  const news = await Array.fromAsync(store.find(wish, never()));
  return { hits: news.flatMap(({ hits }) => hits), last: news.at(-1) };
}

async function numbers(store: LogStore, request: object): Promise<number[]> {
  return (await find(store, request)).hits.map(({ number }) => number);
}

/** The store as it is, and again after it was closed and opened. */
async function* openedTwice(subject: LogStoreUnderTest): AsyncGenerator<LogStore> {
  yield subject.store;
  yield await subject.reopen();
}

/** Writes a log whose n-th line arrives at n. */
async function write(store: LogStore, runId: RunId, lines: readonly (string | Uint8Array)[]): Promise<void> {
  const writer = await store.openWriter(runId);
  const feed = createFeeder(writer);
  for (const line of lines) await feed("stdout", typeof line === "string" ? `${line}\n` : line);
  await writer.seal();
}

async function takeUntil(
  news: AsyncIterator<MergedNews>,
  isEnough: (texts: readonly string[]) => boolean,
): Promise<{ texts: string[]; id: string }> {
  const texts: string[] = [];
  let id = "";
  while (!isEnough(texts)) {
    const next = await news.next();
    if (next.done === true) break;
    texts.push(...next.value.batch.lines.map(({ runId, line }) => `${Number(runId)} ${line.text}`));
    id = next.value.id;
  }
  return { texts, id };
}

/** The promises of `log-store.ts` beyond those of a simple store, run against every log store. */
export function describeLogEngineContract(name: string, make: () => Promise<LogStoreUnderTest>): void {
  describe(`log store contract, engine: ${name}`, () => {
    test("whatever is printed has the same SHA-256 when it is read", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      const expected = createHash("sha256");
      for (const [index, bytes] of corpus().entries()) {
        await feed(index % 3 === 2 ? "stderr" : "stdout", bytes);
        expected.update(bytes);
      }
      await writer.seal();
      const wanted = expected.digest("hex");

      for await (const store of openedTwice(subject)) {
        expect(
          createHash("sha256")
            .update(await bytesOf(store))
            .digest("hex"),
        ).toBe(wanted);
      }
    });

    test("a page can begin at a time", async () => {
      await using subject = await make();
      const lines = Array.from({ length: 3_000 }, (_, index) => `line ${index + 1} ${"x".repeat(60)}`);
      await write(subject.store, RUN, lines);

      for await (const store of openedTwice(subject)) {
        const at = async (atMs: number) => (await textsOf(store, { atMs, limit: 1 }))[0]?.split(" x")[0];
        expect([await at(0), await at(1_234), await at(2_999.5), await at(3_001)]).toEqual([
          "line 1",
          "line 1234",
          "line 3000",
          undefined,
        ]);
      }
    });

    test("a search counts all lines that fit and hands over as many as were asked for", async () => {
      await using subject = await make();
      await write(
        subject.store,
        RUN,
        Array.from({ length: 5_000 }, (_, index) => `entry ${index} ${"y".repeat(90)}`),
      );

      const { hits, last } = await find(subject.store, { text: "ENTRY", limit: 10, hasLines: true });

      expect(hits.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(hits[1]).toMatchObject({
        runId: RUN,
        number: 2,
        atMs: 2,
        line: { text: `entry 1 ${"y".repeat(90)}` },
      });
      expect(last).toMatchObject({ count: 5_000, isEnd: true });
      expect(last?.searchedBytes).toBe(last?.totalBytes);
    });

    test("a regular expression fits whole lines, and one that is not understood is refused", async () => {
      await using subject = await make();
      await write(subject.store, RUN, ["order-17 paid", "Order-18 lost\r", "border-1", "", "naïve café"]);
      const search = (text: string, more = {}) => numbers(subject.store, { text, isRegex: true, ...more });

      expect(await search("^order-\\d+")).toEqual([1, 2]);
      expect(await search("^order-\\d+", { isCaseSensitive: true })).toEqual([1]);
      expect(await search("lost$")).toEqual([2]);
      expect(await search("\\border")).toEqual([1, 2]);
      expect(await search("^$")).toEqual([4]);
      expect(await search("na[ï]ve CAFÉ$")).toEqual([5]);
      for (const pattern of ["(a)\\1", "(?=a)", "a{9999}", "(", "[z-a]"]) {
        await expect(search(pattern)).rejects.toEqual(expect.objectContaining({ code: "usage.invalid" }));
      }
    });

    test("a pattern that ruins other engines takes no longer than any other", async () => {
      await using subject = await make();
      await write(subject.store, RUN, [`${"a".repeat(50_000)}!`, "short"]);

      expect(await numbers(subject.store, { text: "^(a+)+$", isRegex: true })).toEqual([]);
      expect(await numbers(subject.store, { text: "^(a|aa)+!$", isRegex: true })).toEqual([1]);
    });

    test("levels, fields and times filter lines of every format that is understood", async () => {
      await using subject = await make();
      await write(subject.store, RUN, [
        `{"time":"${DAY}T10:00:00Z","level":"error","msg":"no paper","printer":{"name":"p1"}}`,
        `time=${DAY}T10:00:01Z level=warn msg="paper low" printer.name=p1`,
        `${DAY} 10:00:02 [INFO] printing`,
        "ERROR: jam",
        "an error occurred, in a sentence",
        '{"level":50,"msg":"numbered","printer":{"name":"p2"}}',
      ]);
      const search = (request: object) => numbers(subject.store, request);

      expect(await search({ levels: ["error"] })).toEqual([1, 4, 6]);
      expect(await search({ levels: ["warn", "info"] })).toEqual([2, 3]);
      expect(await search({ levels: ["fatal"] })).toEqual([]);
      expect(await search({ fields: [{ name: "printer.name", value: "p1" }] })).toEqual([1, 2]);
      expect(await search({ text: "paper", levels: ["error"] })).toEqual([1]);
      expect(await search({ sinceMs: 2, untilMs: 4 })).toEqual([2, 3]);
      const { lines } = await subject.store.page(
        readLogSchema.parse({ runId: RUN, hasDetails: true, limit: 1 }),
      );
      expect(lines[0]?.details).toEqual({
        format: "json",
        atMs: Date.UTC(2026, 0, 2, 10),
        level: "error",
        message: "no paper",
        fields: { "printer.name": "p1" },
      });
    });

    test("a search that is called off ends at once", async () => {
      await using subject = await make();
      await write(
        subject.store,
        RUN,
        Array.from({ length: 20_000 }, () => "z".repeat(100)),
      );
      const controller = new AbortController();
      const seen: FindProgress[] = [];

      for await (const news of subject.store.find(
        findLinesSchema.parse({ runIds: [RUN], text: "z" }),
        controller.signal,
      )) {
        seen.push(news);
        controller.abort();
      }

      expect(seen).toHaveLength(1);
      expect(seen[0]?.isEnd).toBe(false);
    });

    test.each([
      { encoding: "windows-1251", bytes: encodeCyrillic(0xc0 - 0x10, 0xe0 - 0x30) },
      { encoding: "ibm866", bytes: encodeDos() },
      { encoding: "utf-16le", bytes: Buffer.from(`${RUSSIAN}\r\n`, "utf16le") },
      { encoding: "utf-16be", bytes: Buffer.from(`${RUSSIAN}\r\n`, "utf16le").swap16() },
    ])(
      "text in $encoding is recognised, shown and found, and its bytes stay",
      async ({ encoding, bytes }) => {
        await using subject = await make();
        await write(subject.store, RUN, [bytes, bytes]);

        expect(await textsOf(subject.store)).toEqual([
          RUSSIAN,
          RUSSIAN,
          ...(encoding === "utf-16le" ? [""] : []),
        ]);
        expect((await subject.store.stats(RUN)).encoding).toBe(encoding);
        expect(await numbers(subject.store, { text: "ПРОВЕРКА" })).toEqual([1, 2]);
        expect((await bytesOf(subject.store)).equals(Buffer.concat([bytes, bytes]))).toBe(true);
      },
    );

    test("UTF-16 that comes long after a code page was found is recognised, shown and found as well", async () => {
      await using subject = await make();
      const page = encodeCyrillic(0xc0 - 0x10, 0xe0 - 0x30);
      const wide = Buffer.from(`${RUSSIAN}\r\n`.repeat(2), "utf16le");
      const many = Array.from({ length: 50 }, () => Buffer.concat(Array.from({ length: 100 }, () => page)));
      await write(subject.store, RUN, [...many, wide, page]);

      for await (const store of openedTwice(subject)) {
        const { lines } = await store.page(readLogSchema.parse({ runId: RUN, from: 4_999, limit: 10 }));
        expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 5 }, () => RUSSIAN));
        expect((await find(store, { text: "ПРОВЕРКА", limit: 0 })).last?.count).toBe(5_003);
        expect((await store.page(readLogSchema.parse({ runId: RUN, limit: 1 }))).lines[0]?.text).toBe(
          RUSSIAN,
        );
      }
    });

    test("an encoding that a person chose wins, until it is taken back", async () => {
      await using subject = await make();
      await write(subject.store, RUN, [Buffer.from([0xe4, 0x0a])]);

      await subject.store.mark({ runId: RUN, encoding: "windows-1251" });
      const chosen = await textsOf(await subject.reopen());
      const asked = await textsOf(await subject.reopen(), { encoding: "ibm866" });
      await (await subject.reopen()).mark({ runId: RUN, encoding: null });

      expect([chosen, asked, await textsOf(await subject.reopen())]).toEqual([["д"], ["ф"], ["\ufffd"]]);
    });

    test("output that is missing is shown where it is missing, with its size and cause", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      await feed("stdout", "before\nhal");
      const gap = { sizeBytes: 512, cause: "copy-damaged" } as const;
      await writer.gap({ gap, atMs: 5, cursor: "behind" });
      const resumesAt = writer.cursor;
      await feed("stdout", "after\n");
      await writer.seal();

      for await (const store of openedTwice(subject)) {
        expect(await textsOf(store)).toEqual(["before", "hal", gapText(gap), "after"]);
        const { lines } = await store.page(readLogSchema.parse({ runId: RUN, encoding: "utf-16le" }));
        expect(lines.map((line) => line.gap ?? null)).toEqual([null, null, gap, null]);
        expect(lines[2]).toMatchObject({ text: gapText(gap), stream: "stderr", atMs: 5 });
        expect((await store.stats(RUN)).gapCount).toBe(1);
        expect((await bytesOf(store)).toString()).toBe("before\nhalafter\n");
      }
      expect(resumesAt).toBe("behind");
    });

    test("pages of several runs go by time in both directions and meet without a line lost or repeated", async () => {
      await using subject = await make();
      await write(
        subject.store,
        RUN,
        Array.from({ length: 500 }, (_, index) => `a${index}`),
      );
      await write(
        subject.store,
        OTHER,
        Array.from({ length: 300 }, (_, index) => `b${index}`),
      );
      const { store } = subject;
      const read = (request: object) =>
        store.mergedPage(readMergedSchema.parse({ runIds: [RUN, OTHER], limit: 70, ...request }));

      const forth: string[] = [];
      let place = {};
      for (let page = await read({ place }); page.lines.length > 0; page = await read({ place })) {
        forth.push(...page.lines.map(({ line }) => line.text));
        place = page.end;
      }
      const back: string[] = [];
      for (let page = await read({ place, direction: "before" }); page.lines.length > 0; ) {
        back.unshift(...page.lines.map(({ line }) => line.text));
        page = await read({ place: page.start, direction: "before" });
      }

      expect(forth).toHaveLength(800);
      expect(forth.slice(0, 6)).toEqual(["a0", "b0", "a1", "b1", "a2", "b2"]);
      expect(back).toEqual(forth);
      const middle = await read({ atMs: 301, limit: 1 });
      expect(middle).toMatchObject({
        lines: [{ line: { text: "a300" } }],
        before: 600,
        lineCount: 800,
        isEnd: true,
      });
    });

    test("every live run is followed, also one that begins later, and a follower resumes where it was", async () => {
      await using subject = await make();
      const { store } = subject;
      const one = await store.openWriter(RUN);
      await createFeeder(one)("stdout", "early\n");
      const follow = (request: object) =>
        store.followMany(followManySchema.parse(request), never())[Symbol.asyncIterator]();
      const news = follow({});
      const first = await takeUntil(news, ({ length }) => length === 1);
      const two = await store.openWriter(OTHER);
      await createFeeder(two)("stdout", "late\n");
      const second = await takeUntil(news, ({ length }) => length === 1);
      await news.return?.();
      await one.append({ stream: "stdout", bytes: Buffer.from("again\n"), atMs: 9, cursor: "c9" });
      const resumed = follow({ lastEventId: second.id });
      const third = await takeUntil(resumed, ({ length }) => length === 1);
      await resumed.return?.();
      await one.seal();
      await two.seal();

      expect([first.texts, second.texts, third.texts]).toEqual([["1 early"], ["2 late"], ["1 again"]]);
      const named = await takeUntil(follow({ runIds: [RUN, OTHER] }), () => false);
      expect(named.texts.toSorted()).toEqual(["1 again", "1 early", "2 late"]);
    });

    test("a log tells its lines, sizes and times, and all of them together their room", async () => {
      await using subject = await make();
      await write(
        subject.store,
        RUN,
        Array.from({ length: 4_000 }, (_, index) => `INFO: ${index} ${"same ".repeat(20)}`),
      );

      const stats = await subject.store.stats(RUN);
      const marked = await subject.store.mark({ runId: RUN, isPinned: true });
      const totals = await subject.store.totals();

      expect(stats).toMatchObject({
        lineCount: 4_000,
        firstAtMs: 1,
        isEnd: true,
        isPinned: false,
        gapCount: 0,
      });
      expect(stats.sizeBytes).toBe((await bytesOf(subject.store)).length);
      expect(marked.isPinned).toBe(true);
      expect((await (await subject.reopen()).stats(RUN)).isPinned).toBe(true);
      expect(totals.runCount).toBe(1);
    });
  });
}

const RUSSIAN = "Это проверка журнала, в котором есть обычный русский текст и 42 числа";

/** Russian in a code page in which capital and small letters each follow one another. */
function encodeCyrillic(capitals: number, smalls: number): Buffer {
  const bytes = [...`${RUSSIAN}\n`].map((char) => {
    const code = char.charCodeAt(0);
    if (code < 0x80) return code;
    return code < 0x430 ? code - 0x410 + capitals + 0x10 : code - 0x430 + smalls + 0x30;
  });
  return Buffer.from(bytes);
}

function encodeDos(): Buffer {
  const bytes = [...`${RUSSIAN}\n`].map((char) => {
    const code = char.charCodeAt(0);
    if (code < 0x80) return code;
    return code < 0x440 ? code - 0x410 + 0x80 : code - 0x440 + 0xe0;
  });
  return Buffer.from(bytes);
}

/** Everything that has broken a log viewer before. */
function corpus(): Uint8Array[] {
  const all = Uint8Array.from({ length: 256 }, (_, value) => value);
  return [
    all,
    all.toReversed(),
    Buffer.alloc(70_000),
    Buffer.alloc(1_000_000, "m"),
    Buffer.from("\r\n\n\r\r\n"),
    Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf7, 0x50, 0x46, 0x1a, 0xf7, 0x50, 0x53, 0x2e]),
    Buffer.from([0x89, 0x50, 0x4c, 0x4f, 0x47, 0x0d, 0x0a, 0x01, 0x28, 0xb5, 0x2f, 0xfd]),
    Buffer.from("\u001b]0;title\u0007\u001b[2J\u202e\u200b\n"),
    Buffer.alloc(600_000, all),
    Buffer.from("no end"),
  ];
}
