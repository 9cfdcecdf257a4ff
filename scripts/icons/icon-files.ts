/** Sizes a Windows icon holds; 256 is written as 0 there. */
const ICO_PX = [16, 32, 48, 64, 128, 256] as const;
/** Types of an Apple icon by the size of their image. */
const ICNS_TYPES = [
  ["ic11", 32],
  ["ic12", 64],
  ["ic07", 128],
  ["ic08", 256],
  ["ic09", 512],
  ["ic10", 1024],
] as const;

const ICO_HEADER_BYTES = 6;
const ICO_ENTRY_BYTES = 16;

/** A Windows icon file of PNG images, by their size in pixels. */
export function icoOf(images: ReadonlyMap<number, Buffer>): Buffer {
  const parts = ICO_PX.map((sizePx) => ({ sizePx, png: imageOf(images, sizePx) }));
  const head = Buffer.alloc(ICO_HEADER_BYTES + parts.length * ICO_ENTRY_BYTES);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(parts.length, 4);
  let offset = head.length;
  for (const [index, { png, sizePx }] of parts.entries()) {
    const at = ICO_HEADER_BYTES + index * ICO_ENTRY_BYTES;
    head.writeUInt8(sizePx % 256, at);
    head.writeUInt8(sizePx % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([head, ...parts.map(({ png }) => png)]);
}

/** An Apple icon file of PNG images, by their size in pixels. */
export function icnsOf(images: ReadonlyMap<number, Buffer>): Buffer {
  const parts = ICNS_TYPES.map(([type, sizePx]) => chunk(type, imageOf(images, sizePx)));
  return chunk("icns", Buffer.concat(parts));
}

function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 0, "latin1");
  head.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([head, content]);
}

function imageOf(images: ReadonlyMap<number, Buffer>, sizePx: number): Buffer {
  const image = images.get(sizePx);
  if (image === undefined) throw new Error(`no image of ${sizePx} pixels`);
  return image;
}
