const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const HEX = "0123456789abcdef";
/** What `encodeURIComponent` leaves as it is. */
const UNRESERVED = /[A-Za-z0-9\-_.!~*'()]/;

/** UTF-8, written out because neither encoder nor buffer exists everywhere this runs. */
export function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x1_0000) {
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    } else {
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 0x3f),
        0x80 | ((code >> 6) & 0x3f),
        0x80 | (code & 0x3f),
      );
    }
  }
  return Uint8Array.from(bytes);
}

export function utf16(text: string, isBigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    bytes[index * 2 + (isBigEndian ? 1 : 0)] = unit & 0xff;
    bytes[index * 2 + (isBigEndian ? 0 : 1)] = unit >> 8;
  }
  return bytes;
}

export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (HEX[byte >> 4] ?? "") + (HEX[byte & 15] ?? "");
  return text;
}

/**
 * The characters of base64 that depend on `bytes` alone when `offset` other bytes (0 to 2) stand before them in
 * their group of three. Those at both ends that mix with neighbours are left out.
 */
export function base64Core(bytes: Uint8Array, offset: number): string {
  const firstBit = offset * 8;
  const lastBit = firstBit + bytes.length * 8;
  let text = "";
  for (let at = Math.ceil(firstBit / 6) * 6; at + 6 <= lastBit; at += 6) {
    text += BASE64[sixBits(bytes, at - firstBit)] ?? "";
  }
  return text;
}

function sixBits(bytes: Uint8Array, bit: number): number {
  const index = bit >> 3;
  const pair = ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
  return (pair >> (10 - (bit & 7))) & 0x3f;
}

/** Percent-encoded as `encodeURIComponent` does, with the hex digits in either case. */
export function percentEncoded(bytes: Uint8Array, isUpper: boolean): string {
  let text = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const digits = hex(Uint8Array.of(byte));
    text += UNRESERVED.test(character) ? character : `%${isUpper ? digits.toUpperCase() : digits}`;
  }
  return text;
}

/** Inside a JSON string, with characters beyond ASCII as escapes when asked for. */
export function jsonEscaped(text: string, isAscii: boolean): string {
  const inside = JSON.stringify(text).slice(1, -1);
  if (!isAscii) return inside;
  return inside.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${hex(Uint8Array.of(unit.charCodeAt(0) >> 8, unit.charCodeAt(0) & 0xff))}`,
  );
}
