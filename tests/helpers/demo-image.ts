import { crc32, deflateSync } from "node:zlib";

const WIDTH = 960;
const HEIGHT = 600;

type Colour = readonly [number, number, number];
interface Block {
  readonly at: readonly [number, number];
  readonly size: readonly [number, number];
  readonly colour: Colour;
}

const PAPER: Colour = [250, 250, 248];
const INK: Colour = [58, 66, 78];
const LINE: Colour = [214, 218, 224];
const FIELD: Colour = [255, 255, 255];
const SEA: Colour = [30, 86, 130];
const SUN: Colour = [236, 170, 66];

/** A picture of a web page with a table of prices and a form, `step` fields of which are filled in. */
export function demoImage(step: number): { bytes: Uint8Array; width: number; height: number } {
  const pixels = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
  for (const block of blocksOf(step)) paint(pixels, block);
  const bytes = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", headerBytes()),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return { bytes, width: WIDTH, height: HEIGHT };
}

function blocksOf(step: number): readonly Block[] {
  const blocks: Block[] = [
    { at: [0, 0], size: [WIDTH, HEIGHT], colour: PAPER },
    { at: [0, 0], size: [WIDTH, 64], colour: SEA },
    { at: [32, 24], size: [160, 16], colour: PAPER },
    { at: [760, 26], size: [72, 12], colour: LINE },
    { at: [856, 26], size: [72, 12], colour: LINE },
    { at: [32, 96], size: [260, 20], colour: INK },
  ];
  for (let row = 0; row < 9; row += 1) {
    const top = 144 + row * 46;
    blocks.push({ at: [32, top + 30], size: [520, 1], colour: LINE });
    blocks.push({ at: [32, top + 8], size: [130 + ((row * 53) % 140), 10], colour: INK });
    blocks.push({ at: [470, top + 8], size: [60, 10], colour: row === step ? SUN : INK });
  }
  for (let field = 0; field < 5; field += 1) {
    const top = 144 + field * 72;
    blocks.push({ at: [600, top], size: [90, 9], colour: INK });
    blocks.push({ at: [600, top + 16], size: [328, 36], colour: LINE });
    blocks.push({ at: [601, top + 17], size: [326, 34], colour: FIELD });
    if (field < step) {
      blocks.push({ at: [614, top + 29], size: [110 + ((field * 71) % 150), 10], colour: INK });
    }
  }
  blocks.push({ at: [600, 516], size: [140, 40], colour: step > 4 ? SEA : LINE });
  return blocks;
}

function paint(pixels: Buffer, { at, size, colour }: Block): void {
  const stripe = Buffer.alloc(size[0] * 3);
  for (let x = 0; x < size[0]; x += 1) stripe.set(colour, x * 3);
  for (let y = at[1]; y < at[1] + size[1]; y += 1) stripe.copy(pixels, y * (1 + WIDTH * 3) + 1 + at[0] * 3);
}

function headerBytes(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // Eight bits a channel, red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  return header;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
