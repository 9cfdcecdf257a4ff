import type { Screenshot } from "#contract/run.ts";

export interface ImageHeader {
  readonly mimeType: Screenshot["mimeType"];
  readonly width: number;
  readonly height: number;
}

/** So many bytes from the beginning of a file are enough for `readImageHeader`, unless a JPEG carries much metadata. */
export const IMAGE_HEADER_BYTES = 256 * 1024;

/** Kind and size of a PNG, JPEG, WebP or GIF image from its first bytes; null when they are none of these. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return readPng(view) ?? readGif(view) ?? readWebp(view) ?? readJpeg(view);
}

/** Whether the bytes that end a complete image of this kind are there. WebP says its own length at the front. */
export function hasImageEnd(
  header: ImageHeader,
  file: { head: Uint8Array; tail: Uint8Array; sizeBytes: number },
): boolean {
  switch (header.mimeType) {
    case "image/png":
      return endsWith(file.tail, [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
    case "image/jpeg":
      return endsWith(file.tail, [0xff, 0xd9]);
    case "image/gif":
      return endsWith(file.tail, [0x3b]);
    case "image/webp": {
      const view = new DataView(file.head.buffer, file.head.byteOffset, file.head.byteLength);
      return file.sizeBytes >= view.getUint32(4, true) + 8;
    }
  }
}

function endsWith(bytes: Uint8Array, end: readonly number[]): boolean {
  return (
    bytes.length >= end.length &&
    end.every((byte, index) => bytes[bytes.length - end.length + index] === byte)
  );
}

function textAt(view: DataView, at: number, length: number): string {
  if (view.byteLength < at + length) return "";
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));
}

function sized(mimeType: ImageHeader["mimeType"], width: number, height: number): ImageHeader | null {
  return width > 0 && height > 0 ? { mimeType, width, height } : null;
}

function readPng(view: DataView): ImageHeader | null {
  const isPng = textAt(view, 0, 8) === "\x89PNG\r\n\x1a\n" && textAt(view, 12, 4) === "IHDR";
  if (!isPng || view.byteLength < 24) return null;
  return sized("image/png", view.getUint32(16), view.getUint32(20));
}

function readGif(view: DataView): ImageHeader | null {
  if (!/^GIF8[79]a$/.test(textAt(view, 0, 6)) || view.byteLength < 10) return null;
  return sized("image/gif", view.getUint16(6, true), view.getUint16(8, true));
}

function readWebp(view: DataView): ImageHeader | null {
  if (textAt(view, 0, 4) !== "RIFF" || textAt(view, 8, 4) !== "WEBP" || view.byteLength < 30) return null;
  switch (textAt(view, 12, 4)) {
    case "VP8X":
      return sized("image/webp", uint24(view, 24) + 1, uint24(view, 27) + 1);
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return sized("image/webp", (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    case "VP8 ":
      return sized("image/webp", view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
    default:
      return null;
  }
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 0x1_00_00;
}

/** Frame headers are C0 to CF without C4 (tables), C8 (reserved) and CC (tables). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Walks over the segments up to the one that says the size. */
function readJpeg(view: DataView): ImageHeader | null {
  if (textAt(view, 0, 3) !== "\xff\xd8\xff") return null;
  let at = 2;
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (isFrameHeader(marker)) return sized("image/jpeg", view.getUint16(at + 7), view.getUint16(at + 5));
    const isPadding = marker === 0xff;
    const isBare = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    if (isPadding) at += 1;
    else if (isBare) at += 2;
    else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return null;
}
