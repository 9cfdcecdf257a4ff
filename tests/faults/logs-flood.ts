/** Content of the flood's chunk with this number: a few kilobytes that borders fall into everywhere. */
export function floodChunk(number: number): Buffer {
  const line = `${number} ${"flood ".repeat(number % 97)}`;
  return Buffer.from(`${line}\n`.repeat(1 + (number % 11)) + (number % 3 === 0 ? "torn " : ""));
}
