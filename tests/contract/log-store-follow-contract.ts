import { describe, expect, test } from "vitest";
import { AppError } from "#contract/errors.ts";
import { followLogSchema, readLogSchema, searchLogSchema } from "#contract/log.ts";
import {
  bytesOf,
  createFeeder,
  followToEnd,
  type LogStoreUnderTest,
  linesIn,
  never,
  RUN,
  readInterrupted,
} from "./log-store-fixture.ts";

/** The promises of `log-store.ts` about followers, run against every log store. */
export function describeLogFollowContract(name: string, make: () => Promise<LogStoreUnderTest>): void {
  describe(`log store contract, following: ${name}`, () => {
    test("a log that was never begun is not found, except by a follower, who waits for it", async () => {
      await using subject = await make();
      const { store } = subject;
      const missing = expect.objectContaining({ code: "log.not_found", details: { run: RUN } });

      await expect(store.page(readLogSchema.parse({ runId: RUN }))).rejects.toEqual(missing);
      await expect(bytesOf(store)).rejects.toEqual(missing);
      await expect(store.search(searchLogSchema.parse({ runId: RUN, text: "x" }), never())).rejects.toEqual(
        missing,
      );
      const following = followToEnd(store);
      const writer = await store.openWriter(RUN);
      await createFeeder(writer)("stdout", "late\n");
      await writer.seal();

      expect(linesIn(await following).map(({ text }) => text)).toEqual(["late"]);
    });

    test("a follower sees lines and unfinished lines while they come, and the end of the log", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      await feed("stdout", "before\nunfin");
      const batches = subject.store
        .follow(followLogSchema.parse({ runId: RUN }), never())
        [Symbol.asyncIterator]();

      const first = await batches.next();
      await feed("stderr", "oops");
      const second = await batches.next();
      await feed("stdout", "ished\n");
      const third = await batches.next();
      await writer.seal();
      const last = await batches.next();

      expect(first.value).toMatchObject({
        lines: [{ number: 1, text: "before" }],
        partials: [{ stream: "stdout", text: "unfin" }],
        lineCount: 1,
        isEnd: false,
      });
      expect(second.value).toMatchObject({
        lines: [],
        partials: [
          { stream: "stdout", text: "unfin" },
          { stream: "stderr", text: "oops" },
        ],
      });
      expect(third.value).toMatchObject({
        lines: [{ number: 2, text: "unfinished" }],
        partials: [{ stream: "stderr", text: "oops" }],
      });
      expect(last.value).toMatchObject({
        lines: [{ number: 3, stream: "stderr", text: "oops" }],
        partials: [],
        lineCount: 3,
        isEnd: true,
      });
      expect((await batches.next()).done).toBe(true);
    });

    test("followers that break off and resume anywhere get every line exactly once", async () => {
      await using subject = await make();
      const total = 20_000;
      const writer = await subject.store.openWriter(RUN);
      const writing = (async () => {
        const feed = createFeeder(writer);
        for (let number = 1; number <= total; number += 100) {
          const lines = Array.from({ length: 100 }, (_, index) => `line ${number + index}\n`);
          await feed(number % 3 === 0 ? "stderr" : "stdout", lines.join(""));
        }
        await writer.seal();
      })();

      const readers = Array.from({ length: 4 }, (_, index) =>
        readInterrupted(subject.store, 500 * (index + 1)),
      );
      const expected = Array.from({ length: total }, (_, index) => `line ${index + 1}`);
      for (const seen of await Promise.all(readers)) expect(seen).toEqual(expected);
      await writing;
    });

    test("a resume id wins over the line to begin after, and a negative one counts from the end", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      await createFeeder(writer)("stdout", "1\n2\n3\n4\n5\n");
      await writer.seal();
      const seen = async (request: object) =>
        linesIn(await followToEnd(subject.store, request)).map(({ text }) => text);

      expect(await seen({ afterLine: 3 })).toEqual(["4", "5"]);
      expect(await seen({ afterLine: -2 })).toEqual(["4", "5"]);
      expect(await seen({ afterLine: -20 })).toEqual(["1", "2", "3", "4", "5"]);
      expect(await seen({ afterLine: 0, lastEventId: "4" })).toEqual(["5"]);
      expect(await seen({ afterLine: 5 })).toEqual([]);
    });

    test("a follower that is called off ends without an error", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      await createFeeder(writer)("stdout", "1\n");
      const controller = new AbortController();
      const seen: string[] = [];

      for await (const batch of subject.store.follow(
        followLogSchema.parse({ runId: RUN }),
        controller.signal,
      )) {
        seen.push(...batch.lines.map(({ text }) => text));
        controller.abort();
      }

      expect(seen).toEqual(["1"]);
    });

    test("raw bytes are followed up to the seal", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const feed = createFeeder(writer);
      await feed("stdout", "begin ");
      const following = Array.fromAsync(subject.store.raw(RUN, { isFollowing: true, signal: never() }));
      await feed("stderr", "middle ");
      await feed("stdout", "end");
      await writer.seal();

      expect(Buffer.concat(await following).toString()).toBe("begin middle end");
    });

    test("a removed log is gone, and a follower is told", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      await createFeeder(writer)("stdout", "x\n");
      await writer.release();
      const batches = subject.store
        .follow(followLogSchema.parse({ runId: RUN }), never())
        [Symbol.asyncIterator]();
      await batches.next();

      const next = batches.next();
      await subject.store.remove(RUN);

      await expect(next).rejects.toBeInstanceOf(AppError);
      await expect(subject.store.page(readLogSchema.parse({ runId: RUN }))).rejects.toThrow(AppError);
      await subject.store.remove(RUN);
    });

    test("a follower is not kept waiting for the end of a line", async () => {
      await using subject = await make();
      const writer = await subject.store.openWriter(RUN);
      const batches = subject.store
        .follow(followLogSchema.parse({ runId: RUN }), never())
        [Symbol.asyncIterator]();
      await batches.next();
      const next = batches.next();
      await createFeeder(writer)("stdout", "50 %");

      expect((await next).value).toMatchObject({ partials: [{ stream: "stdout", text: "50 %" }] });
      await batches.return?.();
    });
  });
}
