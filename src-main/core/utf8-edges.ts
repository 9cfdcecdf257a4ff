/** Whether a byte of UTF-8 goes on with a character that began before it. */
export function isInsideCharacter(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

/** Without the beginning of a character at the end whose rest is not there. */
export function wholeCharacters<T extends Uint8Array>(bytes: T): T {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(3, length); back += 1) {
    const byte = bytes[length - back] ?? 0;
    if (isInsideCharacter(byte)) continue;
    return back < bytesOfCharacter(byte) ? (bytes.subarray(0, length - back) as T) : bytes;
  }
  return bytes;
}

/** How many bytes a character has that begins with `first`. */
function bytesOfCharacter(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
