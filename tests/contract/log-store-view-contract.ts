import { describe, expect, test } from "vitest";
import { type RunId, runIdSchema } from "#contract/ids.ts";
import {
  findLinesSchema,
  followLogSchema,
  followManySchema,
  type HitSpan,
  LINE_STRETCH_BYTES,
  readLineSchema,
  readMergedSchema,
} from "#contract/log.ts";
import type { LogStore } from "#main/logs/index.ts";
import { createFeeder, type LogStoreUnderTest, never, RUN } from "./log-store-fixture.ts";

const OTHER: RunId = runIdSchema.parse("0000000000000002");

async function write(store: LogStore, runId: RunId, lines: readonly string[]): Promise<void> {
  const writer = await store.openWriter(runId);
  const feed = createFeeder(writer);
  for (const [index, line] of lines.entries()) await feed(index % 5 === 4 ? "stderr" : "stdout", `${line}\n`);
  await writer.seal();
}

/** The same in fewer pieces, all of one stream. */
async function writeMuch(store: LogStore, runId: RunId, lines: readonly string[]): Promise<void> {
  const writer = await store.openWriter(runId);
  const feed = createFeeder(writer);
  for (let at = 0; at < lines.length; at += 100)
    await feed("stdout", `${lines.slice(at, at + 100).join("\n")}\n`);
  await writer.seal();
}

async function find(store: LogStore, request: object) {
  const wish = findLinesSchema.parse({ runIds: [RUN], ...request });
  const news = await Array.fromAsync(store.find(wish, never()));
  return {
    numbers: news.flatMap(({ hits }) => hits.map(({ number }) => number)),
    spans: news.flatMap(({ spans }) => spans),
    count: news.at(-1)?.count,
  };
}

const lengthOf = ({ from, to }: HitSpan) => to - from + 1;
const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}${index} ${"y".repeat(90)}`);

/** What a view of logs of any length needs of a store. */
export function describeLogViewContract(name: string, make: () => Promise<LogStoreUnderTest>): void {
  describe(`log store contract, views: ${name}`, () => {
    test("a search tells where all lines that fit are, however few it hands over", async () => {
      await using subject = await make();
      await writeMuch(subject.store, RUN, [
        ...numbered("a", 9_000),
        "needle",
        ...numbered("b", 9_000),
        "needle",
      ]);

      const { numbers, spans, count } = await find(subject.store, { text: "needle", limit: 0 });

      expect(numbers).toEqual([]);
      expect(count).toBe(2);
      expect(spans.map((span) => span.count)).toEqual([1, 1]);
      expect(spans[0]?.from).toBeLessThanOrEqual(9_001);
      expect(spans[0]?.to).toBeGreaterThanOrEqual(9_001);
      expect(spans[1]?.to).toBe(18_002);
      expect(Math.max(...spans.map(lengthOf))).toBeLessThan(9_000);
    });

    test("a span searched alone has as many lines that fit as was said", async () => {
      await using subject = await make();
      await writeMuch(subject.store, RUN, [
        ...numbered("a", 4_000),
        "x".repeat(700_000),
        ...numbered("b", 4_000),
      ]);
      const { spans, count } = await find(subject.store, { text: "0", limit: 0 });

      const counts = [];
      for (const { from, to } of spans) {
        const { numbers } = await find(subject.store, { text: "0", fromLine: from, toLine: to });
        expect(numbers.every((number) => number >= from && number <= to)).toBe(true);
        counts.push(numbers.length);
      }

      expect(counts).toEqual(spans.map((span) => span.count));
      expect(counts.reduce((sum, each) => sum + each, 0)).toBe(count);
    });

    test("a search can be kept to a stream and to some lines", async () => {
      await using subject = await make();
      await write(subject.store, RUN, numbered("a", 30));

      expect((await find(subject.store, { streams: ["stderr"] })).numbers).toEqual([5, 10, 15, 20, 25, 30]);
      expect((await find(subject.store, { fromLine: 12, toLine: 14 })).numbers).toEqual([12, 13, 14]);
      expect((await find(subject.store, { fromLine: 12, toLine: 14 })).spans).toEqual([
        { runId: RUN, from: 12, to: 14, count: 3 },
      ]);
      expect((await find(subject.store, { fromLine: 31 })).numbers).toEqual([]);
      expect((await find(subject.store, { toLine: 0 })).numbers).toEqual([]);
    });

    test("a search can ask for further texts, and for lines without some", async () => {
      await using subject = await make();
      await write(subject.store, RUN, ["red apple", "green apple", "red pear", "apple pie", ""]);
      const search = async (...also: object[]) => (await find(subject.store, { text: "a", also })).numbers;

      expect(await search({ text: "RED" })).toEqual([1, 3]);
      expect(await search({ text: "red", isNot: true })).toEqual([2, 4]);
      expect(await search({ text: "^(red|green)", isRegex: true }, { text: "pear", isNot: true })).toEqual([
        1, 2,
      ]);
      expect(await search({ text: "Apple", isCaseSensitive: true })).toEqual([]);
      await expect(search({ text: "(", isRegex: true })).rejects.toMatchObject({ code: "usage.invalid" });
    });

    test("who follows the end only gets the last lines of a flood, and then each line", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      await feed("stdout", `${numbered("a", 30_000).join("\n")}\n`);
      const request = followLogSchema.parse({ runId: RUN, mostLines: 7 });
      const batches = subject.store.follow(request, never())[Symbol.asyncIterator]();
      const first = await batches.next();
      await feed("stdout", `${numbered("b", 20_000).join("\n")}\n`);
      const second = await batches.next();
      await feed("stdout", "one\ntwo");
      const third = await batches.next();
      await writer.seal();
      const last = await batches.next();
      await batches.return?.();

      const seen = [first, second, third, last].map(({ value }) =>
        value.lines.map(({ number }: { number: number }) => number),
      );
      expect(seen[0]).toEqual(upTo(30_000, 7));
      expect(seen[1]).toEqual(upTo(50_000, 7));
      expect(seen.slice(2)).toEqual([[50_001], [50_002]]);
      expect(third.value.partials).toEqual([{ stream: "stdout", text: "two" }]);
    });

    test("of several runs that flood, too, only the last lines can be asked for", async () => {
      await using subject = await make();
      await writeMuch(subject.store, RUN, numbered("a", 5_000));
      await writeMuch(subject.store, OTHER, numbered("b", 30));
      const request = followManySchema.parse({ runIds: [RUN, OTHER], lastLines: 1_000, mostLines: 3 });

      const news = await Array.fromAsync(subject.store.followMany(request, never()));

      const lines = news.flatMap(({ batch }) => batch.lines.map(({ runId, line }) => [runId, line.number]));
      expect(lines.toSorted()).toEqual([
        ...upTo(5_000, 3).map((number) => [RUN, number]),
        ...upTo(30, 3).map((number) => [OTHER, number]),
      ]);
    });

    test("lines of several runs can be read from any index, also while the runs go on", async () => {
      await using subject = await make();
      const { store } = subject;
      await write(store, RUN, numbered("a", 1_000));
      const writer = await store.openWriter(OTHER);
      const feed = createFeeder(writer);
      await feed("stdout", `${numbered("b", 300).join("\n")}\n`);
      await feed("stdout", `${numbered("c", 4_000).join("\n")}\n`);
      const runIds = [RUN, OTHER];
      const until = { [RUN]: 1_000, [OTHER]: 4_300 };
      const read = (request: object) => store.mergedPage(readMergedSchema.parse({ runIds, ...request }));
      const whole = [];
      for (let place = {}; ; ) {
        const page = await read({ place, limit: 5_000 });
        if (page.lines.length === 0) break;
        whole.push(...page.lines);
        place = page.end;
      }
      await feed("stdout", "later\n");

      expect(whole).toHaveLength(5_300);
      for (const index of [0, 1, 299, 302, 4_301, 4_302, 4_310, 5_295, 5_300, 99_999]) {
        const page = await read({ index, limit: 20, until });
        expect(page).toMatchObject({ before: Math.min(index, 5_300), lineCount: 5_300 });
        expect(page.lines).toEqual(whole.slice(index, index + 20));
      }
      await writer.seal();
    });

    test("several runs are followed from a place on, and only lines that fit", async () => {
      await using subject = await make();
      await write(subject.store, RUN, ["one", "INFO: two", "ERROR: three", "ERROR: four", "five"]);
      await write(subject.store, OTHER, ["error in words", "", "ERROR: six"]);
      const follow = async (conditions: object, place?: object) => {
        const request = followManySchema.parse({ runIds: [RUN, OTHER], place, conditions });
        const news = await Array.fromAsync(subject.store.followMany(request, never()));
        return news.flatMap(({ batch }) => batch.lines.map(({ line }) => line.text)).toSorted();
      };

      expect(await follow({ levels: ["error"] })).toEqual(["ERROR: four", "ERROR: six", "ERROR: three"]);
      expect(await follow({ text: "error", isCaseSensitive: true })).toEqual(["error in words"]);
      expect(await follow({ text: "^$", isRegex: true })).toEqual([""]);
      expect(
        await follow({ also: [{ text: "e", isNot: true, isRegex: false, isCaseSensitive: false }] }),
      ).toEqual(["", "INFO: two"]);
      expect(await follow({ streams: ["stderr"] })).toEqual(["five"]);
      expect(await follow({ text: "o" }, { [RUN]: 2 })).toEqual([
        "ERROR: four",
        "ERROR: six",
        "ERROR: three",
        "error in words",
      ]);
      await expect(follow({ text: "(", isRegex: true })).rejects.toMatchObject({ code: "usage.invalid" });
    });

    test("a line of any length is read in stretches, whatever lies around it", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      const long = Array.from({ length: 90_000 }, (_, index) => `${index} ключ €😀`).join("|");
      const other = "other ".repeat(50_000);
      await feed("stdout", `short\n${other}`);
      await feed("stdout", `\nbefore\n`);
      for (let at = 0; at < long.length; at += 50_000) {
        await feed("stdout", long.slice(at, at + 50_000));
        await feed("stderr", at % 100_000 === 0 ? "meanwhile\nhal" : "f\n");
      }
      await feed("stdout", "\r\nafter\n");
      await writer.seal();
      const { numbers } = await find(subject.store, { text: "89999 ключ" });
      const number = numbers[0] ?? 0;

      for (const store of [subject.store, await subject.reopen()]) {
        let text = "";
        let fromByte: number | null = 0;
        while (fromByte !== null) {
          const stretch = await store.lineStretch(readLineSchema.parse({ runId: RUN, number, fromByte }));
          expect(Buffer.byteLength(stretch.text)).toBeLessThanOrEqual(LINE_STRETCH_BYTES);
          expect(stretch.sizeBytes).toBe(Buffer.byteLength(long) + 1);
          text += stretch.text;
          fromByte = stretch.nextByte;
        }
        expect(text === long).toBe(true);
        const one = async (line: number) =>
          (await store.lineStretch(readLineSchema.parse({ runId: RUN, number: line }))).text;
        expect([await one(1), await one(2), await one(3), await one(number + 1)]).toEqual([
          "short",
          other.slice(0, LINE_STRETCH_BYTES),
          "before",
          "after",
        ]);
        await expect(one(number + 3)).rejects.toMatchObject({ code: "log.not_found" });
      }
    });
  });
}

function upTo(last: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => last - count + 1 + index);
}
