// What a flood says, block by block: every byte value, NUL, invalid UTF-8, both line ends, and now and then a line of
// more than a megabyte. Run as a program it prints them until the file GATE is there, and keeps count of them in PRINTED.
// While the file CALM is there it prints slowly enough for every machine to catch up with it.
import { existsSync, renameSync, writeFileSync, writeSync } from "node:fs";

export const BLOCK_BYTES = 32_768;
const LONG_LINE_EVERY = 97;
const LONG_LINE_BLOCKS = 33;
const TOLD_EVERY = 16;
const PAUSE_MS = 4;
const CALM_PAUSE_MS = 100;

/** Content of the block with this number, from 0. */
export function floodBlock(number: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  let state = (number + 1) >>> 0;
  for (let at = 0; at < BLOCK_BYTES; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    block.writeInt32LE(state | 0, at);
  }
  for (let value = 0; value < 256; value += 1) block[value] = value;
  block.write("\r\n\n\r", 256, "latin1");
  if (number % LONG_LINE_EVERY < LONG_LINE_BLOCKS) {
    for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at)) block[at] = 0x20;
  }
  return block;
}

const { CALM = "", GATE, PRINTED } = process.env;
if (GATE !== undefined && PRINTED !== undefined) {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const tell = (count: number) => {
    writeFileSync(`${PRINTED}.new`, String(count));
    renameSync(`${PRINTED}.new`, PRINTED);
  };
  let number = 0;
  for (; !existsSync(GATE); number += 1) {
    if (number % TOLD_EVERY === 0) tell(number);
    let rest = floodBlock(number);
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(1, rest));
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      }
    }
    Atomics.wait(pause, 0, 0, existsSync(CALM) ? CALM_PAUSE_MS : PAUSE_MS);
  }
  tell(number);
}
