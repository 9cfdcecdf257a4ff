import fc from "fast-check";
import { expect, test } from "vitest";
import { MultiplexedParser, type StreamPiece } from "./multiplexed.ts";

function frame({ stream, bytes }: StreamPiece): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream === "stdout" ? 1 : 2;
  header.writeUInt32BE(bytes.byteLength, 4);
  return Buffer.concat([header, bytes]);
}

test("the bytes of each stream come out whole, however the connection cuts them", () => {
  const piece = fc.record({
    stream: fc.constantFrom("stdout" as const, "stderr" as const),
    bytes: fc.uint8Array(),
  });
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 1, max: 13 }), (pieces, cut) => {
      const wire = Buffer.concat(pieces.map(frame));
      const parser = new MultiplexedParser();
      const heard: StreamPiece[] = [];
      for (let at = 0; at < wire.byteLength; at += cut)
        heard.push(...parser.push(wire.subarray(at, at + cut)));

      for (const stream of ["stdout", "stderr"] as const) {
        const of = (all: readonly StreamPiece[]) =>
          Buffer.concat(all.filter((one) => one.stream === stream).map(({ bytes }) => bytes));
        expect(of(heard).equals(of(pieces))).toBe(true);
      }
    }),
  );
});

test("what an engine says of itself in the place of a header is not taken for output", () => {
  const parser = new MultiplexedParser();
  const said = frame({ stream: "stdout", bytes: Buffer.from("ready\n") });
  const error = Buffer.from('{"cause":"no such container","message":"gone","response":500}\n');

  const heard = [
    ...parser.push(Buffer.concat([said, error.subarray(0, 5)])),
    ...parser.push(error.subarray(5)),
  ];

  expect(Buffer.concat(heard.map(({ bytes }) => bytes)).toString()).toBe("ready\n");
});
