import { expect, test } from "vitest";
import { runIdSchema } from "#contract/ids.ts";
import type { StoredSegment } from "#main/logs/index.ts";
import { openForWriting } from "./database.ts";
import { SqliteLogRecords } from "./log-records.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/index.ts";

const RUN = runIdSchema.parse("0000000000000001");
const OTHER = runIdSchema.parse("0000000000000002");

function setup() {
  const db = openForWriting(":memory:");
  migrate(db, { file: ":memory:", migrations: MIGRATIONS, copyBefore: () => undefined });
  const records = new SqliteLogRecords({ writer: db, reader: db, file: ":memory:" });
  return { records, [Symbol.dispose]: () => db.close() };
}

function segmentOf(segment: number, blockCount: number): StoredSegment {
  const blocks = Array.from({ length: blockCount }, (_, index) => ({
    offset: 8 + index * 1_000,
    storedBytes: 900,
    rawBytes: 262_144,
    linesBefore: segment * 1_000_000 + index * 100,
    lineCount: 100,
    payloadBefore: 2 ** 40 + index,
    payloadBytes: 262_000,
    gapCount: 0,
    firstAtMs: 1_767_366_245_678,
    lastAtMs: 1_767_366_245_679,
    levels: 255,
    checksum: 0xffff_ffff,
  }));
  return {
    segment,
    fileBytes: 5_000,
    isComplete: segment === 1,
    cursor: segment === 1 ? null : "c\u0000é",
    blocks,
  };
}

test("segments come back in order and as they were put, the newest word about each", () => {
  using context = setup();
  context.records.putSegment(RUN, segmentOf(1, 2));
  context.records.putSegment(RUN, segmentOf(0, 3));
  context.records.putSegment(RUN, segmentOf(0, 1));
  context.records.putSegment(OTHER, segmentOf(0, 1));

  expect(context.records.segments(RUN)).toEqual([segmentOf(0, 1), segmentOf(1, 2)]);
});

test("marks of a log are kept, and a log without any has none", () => {
  using context = setup();
  context.records.setMarks(RUN, { isPinned: true, encoding: null });
  context.records.setMarks(RUN, { isPinned: true, encoding: "ibm866" });

  expect(context.records.marks(RUN)).toEqual({ isPinned: true, encoding: "ibm866" });
  expect(context.records.marks(OTHER)).toEqual({ isPinned: false, encoding: null });
  expect([...context.records.pinned()]).toEqual([RUN]);
});

test("a removed log leaves nothing behind, and others stay", () => {
  using context = setup();
  for (const run of [RUN, OTHER]) {
    context.records.putSegment(run, segmentOf(0, 2));
    context.records.setMarks(run, { isPinned: true, encoding: null });
  }

  context.records.removeOf(RUN);

  expect([context.records.segments(RUN), context.records.pinned().has(RUN)]).toEqual([[], false]);
  expect(context.records.segments(OTHER)).toHaveLength(1);
});
