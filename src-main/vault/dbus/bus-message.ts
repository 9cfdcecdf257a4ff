import { BusReader, type BusValue, type BusVariant, BusWriter, typesOf } from "./bus-values.ts";

const TYPES = { call: 1, reply: 2, error: 3, signal: 4 } as const;
const FIELDS = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  signature: 8,
};
/** Whoever is asked is not started for it. */
const NO_AUTO_START = 2;
const FIXED_BYTES = 16;
/** The bus itself allows 128 MiB; nothing that is asked here comes near this. */
const LONGEST_MESSAGE_BYTES = 1 << 20;

export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly BusValue[];
}

export interface BusMessage {
  readonly kind: "call" | "reply" | "error" | "signal" | "other";
  /** Number of the call that this answers; 0 for none. */
  readonly replySerial: number;
  readonly errorName: string;
  readonly path: string;
  readonly member: string;
  readonly body: readonly BusValue[];
}

export function encodeCall(call: BusCall, serial: number): Buffer {
  const { signature = "", body = [] } = call;
  const content = new BusWriter();
  for (const [index, type] of typesOf(signature).entries()) content.write(type, body[index] ?? "");
  const fields: readonly BusValue[] = [
    [FIELDS.path, { signature: "o", value: call.path }],
    [FIELDS.interface, { signature: "s", value: call.interface }],
    [FIELDS.member, { signature: "s", value: call.member }],
    [FIELDS.destination, { signature: "s", value: call.destination }],
    ...(signature === "" ? [] : [[FIELDS.signature, { signature: "g", value: signature }]]),
  ];
  const head = new BusWriter();
  head.byte("l".charCodeAt(0));
  head.byte(TYPES.call);
  head.byte(NO_AUTO_START);
  head.byte(1);
  head.uint32(content.length);
  head.uint32(serial);
  head.write("a(yv)", fields);
  head.align(8);
  return Buffer.concat([head.bytes(), content.bytes()]);
}

/** The first message in `bytes` and its length; null when it is not complete yet. @throws Error when it is none */
export function decodeMessage(bytes: Buffer): { message: BusMessage; length: number } | null {
  if (bytes.length < FIXED_BYTES) return null;
  const isLittle = bytes[0] === "l".charCodeAt(0);
  if (!isLittle && bytes[0] !== "B".charCodeAt(0)) throw new Error("not a message of the bus");
  const read32 = (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const bodyAt = Math.ceil((FIXED_BYTES + read32(12)) / 8) * 8;
  const length = bodyAt + read32(4);
  if (length > LONGEST_MESSAGE_BYTES) throw new Error("a message that is too long");
  if (bytes.length < length) return null;
  const whole = bytes.subarray(0, length);
  const fields = new Map(
    (new BusReader(whole, isLittle, 12).read("a(yv)") as readonly (readonly [number, BusVariant])[]).map(
      ([code, { value }]) => [code, value],
    ),
  );
  const reader = new BusReader(whole.subarray(bodyAt), isLittle);
  const text = (code: number) => String(fields.get(code) ?? "");
  const message: BusMessage = {
    kind: kindOf(bytes[1] ?? 0),
    replySerial: Number(fields.get(FIELDS.replySerial) ?? 0),
    errorName: text(FIELDS.errorName),
    path: text(FIELDS.path),
    member: text(FIELDS.member),
    body: typesOf(text(FIELDS.signature)).map((type) => reader.read(type)),
  };
  return { message, length };
}

function kindOf(code: number): BusMessage["kind"] {
  const found = Object.entries(TYPES).find(([, known]) => known === code);
  return (found?.[0] ?? "other") as BusMessage["kind"];
}
