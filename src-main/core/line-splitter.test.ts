import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogStream } from "#contract/log.ts";
import { LINE_HEAD_LIMIT_BYTES, LineSplitter, SPLITTER_START, type SplitLine } from "./line-splitter.ts";

interface Chunk {
  readonly stream: LogStream;
  readonly payload: Uint8Array;
  readonly atMs: number;
}

const chunksArbitrary = fc.array(
  fc.record({
    stream: fc.constantFrom<LogStream>("stdout", "stderr"),
    payload: fc
      .array(fc.constantFrom(10, 10, 65, 66, 13), { maxLength: 12 })
      .map((list) => Uint8Array.from(list)),
    atMs: fc.nat(),
  }),
  { maxLength: 30 },
);

function collect() {
  const lines: { number: number; stream: LogStream; bytes: number[]; isTerminated: boolean }[] = [];
  const onLine = ({ number, stream, bytes, isTerminated }: SplitLine) =>
    lines.push({ number, stream, bytes: [...bytes], isTerminated });
  return { lines, onLine };
}

/** The lines as the words of the interface say it, byte by byte. */
function expectedLines(chunks: readonly Chunk[]) {
  const lines: { number: number; stream: LogStream; bytes: number[]; isTerminated: boolean }[] = [];
  const open = { stdout: [] as number[], stderr: [] as number[] };
  const end = (stream: LogStream, isTerminated: boolean) => {
    lines.push({ number: lines.length + 1, stream, bytes: open[stream], isTerminated });
    open[stream] = [];
  };
  for (const { stream, payload } of chunks) {
    for (const byte of payload) {
      if (byte === 10) end(stream, true);
      else open[stream].push(byte);
    }
  }
  for (const stream of ["stdout", "stderr"] as const) if (open[stream].length > 0) end(stream, false);
  return lines;
}

test("lines are what the bytes say, however they were cut into chunks", () => {
  fc.assert(
    fc.property(chunksArbitrary, (chunks) => {
      const { lines, onLine } = collect();
      const splitter = new LineSplitter();

      for (const chunk of chunks) splitter.push(chunk, onLine);
      splitter.finish(onLine);

      expect(lines).toEqual(expectedLines(chunks));
      expect(splitter.lineCount).toBe(lines.length);
    }),
  );
});

test("a splitter that goes on from a state of another sees the same rest, and counting changes nothing", () => {
  fc.assert(
    fc.property(chunksArbitrary, fc.nat(30), (chunks, at) => {
      const first = new LineSplitter();
      for (const chunk of chunks.slice(0, at)) first.push(chunk);
      const state = first.state();
      const { lines, onLine } = collect();
      const second = new LineSplitter(state);

      for (const chunk of chunks.slice(at)) {
        first.push(chunk);
        second.push(chunk, onLine);
      }
      first.finish();
      second.finish(onLine);

      expect(lines).toEqual(expectedLines(chunks).slice(state.lineCount));
      expect(second.lineCount).toBe(first.lineCount);
    }),
  );
});

test("a line of any length keeps only its beginning, and its copies share it", () => {
  const splitter = new LineSplitter();
  const payload = new Uint8Array(1_000_000).fill(65);
  for (let count = 0; count < 20; count += 1) splitter.push({ stream: "stdout", payload, atMs: count });
  const one = splitter.state().stdout;
  const two = splitter.state().stdout;
  const { lines, onLine } = collect();

  splitter.push({ stream: "stdout", payload: Uint8Array.of(66, 10, 67), atMs: 30 }, onLine);

  expect(one).toMatchObject({ sizeBytes: 20_000_000, atMs: 19 });
  expect(one.bytes.length).toBe(LINE_HEAD_LIMIT_BYTES);
  expect(one.bytes.buffer).toBe(two.bytes.buffer);
  expect(one.bytes[0]).toBe(65);
  expect(lines[0]?.bytes.length).toBe(LINE_HEAD_LIMIT_BYTES);
  expect(splitter.openLines()).toEqual([
    { stream: "stdout", bytes: Uint8Array.of(67), sizeBytes: 1, atMs: 30 },
  ]);
});

test("a line within one chunk is cut like one of many", () => {
  const sizes: [number, number][] = [];
  const payload = new Uint8Array(LINE_HEAD_LIMIT_BYTES + 10).fill(65);
  payload[LINE_HEAD_LIMIT_BYTES + 9] = 10;

  new LineSplitter().push({ stream: "stderr", payload, atMs: 1 }, ({ bytes, sizeBytes }) =>
    sizes.push([bytes.length, sizeBytes]),
  );

  expect(sizes).toEqual([[LINE_HEAD_LIMIT_BYTES, LINE_HEAD_LIMIT_BYTES + 9]]);
});

test("a line put in between ends what was unfinished", () => {
  const splitter = new LineSplitter(SPLITTER_START);
  const { lines, onLine } = collect();
  splitter.push({ stream: "stderr", payload: Uint8Array.of(65), atMs: 1 });

  splitter.interject({ stream: "stderr", bytes: Uint8Array.of(33), atMs: 2 }, onLine);
  splitter.interject({ stream: "stdout", bytes: Uint8Array.of(34), atMs: 2 });

  expect(lines).toEqual([
    { number: 1, stream: "stderr", bytes: [65], isTerminated: false },
    { number: 2, stream: "stderr", bytes: [33], isTerminated: true },
  ]);
  expect(splitter.lineCount).toBe(3);
});
