import fc from "fast-check";
import { expect, test } from "vitest";
import { LineEndRestorer } from "./line-ends.ts";
import type { StreamPiece } from "./multiplexed.ts";

/** Size at which Docker cuts a line into messages; small here. */
const MESSAGE_BYTES = 4;
const STREAMS = ["stdout", "stderr"] as const satisfies readonly StreamPiece["stream"][];

/** What Docker's `local` driver sends for lines of a stream each, with times. */
function wireOf(lines: readonly { stream: StreamPiece["stream"]; length: number }[]): Buffer {
  const frames = lines.flatMap(({ stream, length }, time) => {
    const text = "x".repeat(length);
    const messages: string[] = [];
    for (let at = 0; at < length; at += MESSAGE_BYTES) messages.push(text.slice(at, at + MESSAGE_BYTES));
    const kept = length < MESSAGE_BYTES ? [`${text}\n`] : messages;
    return kept.map((message) => frameOf(stream, `2026-01-02T03:04:05.${time}Z ${message}`));
  });
  return Buffer.concat(frames);
}

function frameOf(stream: StreamPiece["stream"], text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream === "stdout" ? 1 : 2;
  header.writeUInt32BE(text.length, 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test("every line feed comes back but the very last one of a stream, however the connection cuts the bytes", () => {
  const line = fc.record({ stream: fc.constantFrom(...STREAMS), length: fc.nat(14) });
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 50 }), (lines, cut) => {
      const wire = wireOf(lines);
      const restorer = new LineEndRestorer();
      const heard: StreamPiece[] = [];
      for (let at = 0; at < wire.byteLength; at += cut)
        heard.push(...restorer.push(wire.subarray(at, at + cut)));

      for (const stream of STREAMS) {
        const own = lines.filter((one) => one.stream === stream);
        const wanted = own.map(({ length }) => `${"x".repeat(length)}\n`).join("");
        const isLastLost = (own.at(-1)?.length ?? 0) >= MESSAGE_BYTES;
        const said = heard.filter((one) => one.stream === stream).map(({ bytes }) => bytes);
        expect(Buffer.concat(said).toString()).toBe(isLastLost ? wanted.slice(0, -1) : wanted);
      }
    }),
  );
});
