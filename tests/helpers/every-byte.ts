// What is printed to prove that no byte changes on its way into a log: every byte value and every pair of them, zeros, broken
// UTF-8, all line ends, lines of megabytes, and no line end at the end. Run as a program it prints that to the stream it is told.
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MEGABYTE = 1024 * 1024;

/** The same every time. */
export function everyByte(): Buffer {
  const values = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
  const pairs = Buffer.from(
    Array.from({ length: 256 * 256 * 2 }, (_, at) => (at % 2 === 0 ? at >> 9 : (at >> 1) & 0xff)),
  );
  const broken = Buffer.from([0xc3, 0x28, 0xa0, 0xe2, 0x82, 0xf0, 0x9f, 0x98, 0xed, 0xa0, 0x80, 0xff, 0xfe]);
  const noise = Buffer.alloc(MEGABYTE);
  for (let at = 0, state = 1; at < noise.length; at += 1) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    noise[at] = state >> 16;
  }
  return Buffer.concat([
    values,
    pairs,
    Buffer.alloc(100_000),
    broken,
    Buffer.from("a\r\nb\rc\n\n\r\r\n\u001b]0;title\u0007"),
    Buffer.alloc(3 * MEGABYTE, "a line of megabytes, "),
    Buffer.from("\n"),
    noise,
    Buffer.alloc(100_000, "\n"),
    Buffer.alloc(2 * MEGABYTE, 0xf5),
    broken,
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stream = process.argv[2] === "stderr" ? process.stderr : process.stdout;
  if (!stream.write(everyByte())) await once(stream, "drain");
}
