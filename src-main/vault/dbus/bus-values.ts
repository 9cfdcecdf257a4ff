/** A value on the bus: numbers for y, i, u and b as boolean; text for s, o and g; lists; variants. */
export type BusValue = string | number | boolean | readonly BusValue[] | BusVariant;

export interface BusVariant {
  readonly signature: string;
  readonly value: BusValue;
}

const ALIGNMENTS: Readonly<Record<string, number>> = {
  y: 1,
  b: 4,
  n: 2,
  q: 2,
  i: 4,
  u: 4,
  x: 8,
  t: 8,
  d: 8,
  s: 4,
  o: 4,
  g: 1,
  a: 4,
  v: 1,
  "(": 8,
  "{": 8,
};

/** Splits a signature into its complete types. */
export function typesOf(signature: string): readonly string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

function endOfType(signature: string, from: number): number {
  let at = from;
  while (signature[at] === "a") at += 1;
  const open = signature[at];
  if (open !== "(" && open !== "{") return at + 1;
  let depth = 0;
  do {
    if (signature[at] === "(" || signature[at] === "{") depth += 1;
    if (signature[at] === ")" || signature[at] === "}") depth -= 1;
    at += 1;
  } while (depth > 0 && at < signature.length);
  return at;
}

/** Writes values little endian, each at its alignment. */
export class BusWriter {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  align(to: number): void {
    while (this.#bytes.length % to !== 0) this.#bytes.push(0);
  }

  uint32(value: number): void {
    this.align(4);
    this.#bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
  }

  byte(value: number): void {
    this.#bytes.push(value);
  }

  write(type: string, value: BusValue): void {
    if (type === "s" || type === "o") this.#text(String(value));
    else if (type === "g") this.#signature(String(value));
    else if (type === "y") this.byte(Number(value));
    else if (type === "u" || type === "i") this.uint32(Number(value));
    else if (type === "b") this.uint32(value === true ? 1 : 0);
    else if (type === "v") this.#variant(value as BusVariant);
    else if (type.startsWith("a")) this.#list(type.slice(1), value as readonly BusValue[]);
    else if (type.startsWith("(")) this.#struct(type, value as readonly BusValue[]);
    else throw new Error(`the type ${type} is not written here`);
  }

  bytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  #text(text: string): void {
    const bytes = Buffer.from(text, "utf8");
    this.uint32(bytes.length);
    this.#bytes.push(...bytes, 0);
  }

  #signature(text: string): void {
    this.#bytes.push(text.length, ...Buffer.from(text, "latin1"), 0);
  }

  #variant({ signature, value }: BusVariant): void {
    this.#signature(signature);
    this.write(signature, value);
  }

  #list(type: string, values: readonly BusValue[]): void {
    this.uint32(0);
    const lengthAt = this.#bytes.length - 4;
    this.align(ALIGNMENTS[type[0] ?? "y"] ?? 1);
    const begin = this.#bytes.length;
    for (const value of values) this.write(type, value);
    const length = this.#bytes.length - begin;
    for (let index = 0; index < 4; index += 1) this.#bytes[lengthAt + index] = (length >>> (8 * index)) & 255;
  }

  #struct(type: string, values: readonly BusValue[]): void {
    this.align(8);
    for (const [index, inner] of typesOf(type.slice(1, -1)).entries()) this.write(inner, values[index] ?? "");
  }
}

/** Reads values of either byte order. Throws a RangeError when the bytes end too early. */
export class BusReader {
  readonly #bytes: Buffer;
  readonly #isLittle: boolean;
  #at: number;

  constructor(bytes: Buffer, isLittle: boolean, at = 0) {
    this.#bytes = bytes;
    this.#isLittle = isLittle;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  align(to: number): void {
    this.#at = Math.ceil(this.#at / to) * to;
  }

  read(type: string): BusValue {
    this.align(ALIGNMENTS[type[0] ?? "y"] ?? 1);
    switch (type[0]) {
      case "y":
        return this.#number(1);
      case "b":
        return this.#number(4) !== 0;
      case "n":
      case "q":
        return this.#number(2);
      case "i":
      case "u":
        return this.#number(4);
      case "x":
      case "t":
      case "d":
        return this.#number(8);
      case "s":
      case "o":
        return this.#text(this.#number(4));
      case "g":
        return this.#text(this.#number(1));
      case "v":
        return this.#variant();
      case "a":
        return this.#list(type.slice(1));
      default:
        return typesOf(type.slice(1, -1)).map((inner) => this.read(inner));
    }
  }

  #number(size: 1 | 2 | 4 | 8): number {
    const at = this.#at;
    this.#at += size;
    // Numbers of 8 bytes are read past; nobody here needs them exactly.
    const width = size === 8 ? 6 : size;
    return this.#isLittle
      ? this.#bytes.readUIntLE(at, width)
      : this.#bytes.readUIntBE(at + size - width, width);
  }

  #text(length: number): string {
    const text = this.#bytes.toString("utf8", this.#at, this.#at + length);
    this.#at += length + 1;
    return text;
  }

  #variant(): BusVariant {
    const signature = this.#text(this.#number(1));
    return { signature, value: this.read(signature) };
  }

  #list(type: string): readonly BusValue[] {
    const length = this.#number(4);
    this.align(ALIGNMENTS[type[0] ?? "y"] ?? 1);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("a list that is longer than its message");
    const values: BusValue[] = [];
    while (this.#at < end) values.push(this.read(type));
    return values;
  }
}
