import { describe, expect, it } from "vitest";
import {
  endCursorBehind,
  formatCursor,
  isEndCursor,
  parseCursor,
  spoolFileName,
  spoolFileNumbers,
} from "./cursor.ts";
import { decodeLoad, decodeRecord, type ExitRecord, encodeLoad, encodeRecord } from "./record.ts";

describe("spool records", () => {
  it("keep text of any script through bytes", () => {
    const record: ExitRecord = { exitCode: null, signal: "SIGтест🚀é\u0000", cause: "ended", endedAtMs: 5 };

    expect(decodeRecord<ExitRecord>(encodeRecord(record))).toEqual(record);
  });

  it("keep a load sample exactly", () => {
    const load = { cpuCores: 1.37, memoryBytes: 2 ** 40 + 1, processCount: 4000 };

    expect(decodeLoad(encodeLoad(load))).toEqual(load);
  });
});

describe("spool cursors", () => {
  it("come back from their text form", () => {
    expect(parseCursor(formatCursor({ file: 12, offset: 4_194_305 }))).toEqual({
      file: 12,
      offset: 4_194_305,
    });
  });

  it("tell whether the end was told, at the same place", () => {
    const cursor = formatCursor({ file: 3, offset: 9 });
    const end = endCursorBehind(cursor);

    expect(parseCursor(end)).toEqual({ file: 3, offset: 9 });
    expect([null, cursor, end].map(isEndCursor)).toEqual([false, false, true]);
  });

  it.each(["", ":end", "1:end", "1:2:end:end", "1", "0:5", "1:-1", "1:2:3", "a:b", "1:1e3"])(
    "are not read from %j",
    (text) => {
      expect(parseCursor(text)).toBeNull();
    },
  );

  it("order spool files by number, not by name", () => {
    const names = ["10.spool", "9.spool", "watch", "0.spool", "x.spool", spoolFileName(2)];

    expect(spoolFileNumbers(names)).toEqual([2, 9, 10]);
  });
});
