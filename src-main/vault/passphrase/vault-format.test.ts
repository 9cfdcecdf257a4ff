import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import {
  checkVault,
  createVaultKey,
  decodeVault,
  deriveKeyFor,
  encodeVault,
  VaultDamaged,
  WrongKey,
} from "./vault-format.ts";

/** A cheap one: what is tested here is the format. */
const COST = 16;
const ENTRIES = { "shop/password/1": "correct-horse", "key/json/2": '{"a":1}' };

async function setup() {
  const key = await createVaultKey("a passphrase", COST);
  return { key, file: encodeVault(ENTRIES, key) };
}

/** What reading a file comes to: the entries, or the class of the refusal. */
function read(file: Buffer, key: Awaited<ReturnType<typeof createVaultKey>>): unknown {
  try {
    return decodeVault(file, key);
  } catch (error) {
    if (error instanceof VaultDamaged) return "damaged";
    if (error instanceof WrongKey) return "wrong key";
    throw error;
  }
}

/** Gives a changed file the digest that fits it, as an attacker would. */
function withDigest(file: Buffer): Buffer {
  const whole = file.subarray(0, -32);
  return Buffer.concat([whole, createHash("sha256").update(whole).digest()]);
}

test("a vault opens with its passphrase alone, and the file holds no value", async () => {
  const { file, key } = await setup();

  expect(read(file, await deriveKeyFor(file, "a passphrase"))).toEqual(ENTRIES);
  expect(read(file, await deriveKeyFor(file, "another"))).toBe("wrong key");
  expect(read(encodeVault({}, key), key)).toEqual({});
  expect(file.includes("correct-horse") || file.includes("shop")).toBe(false);
  expect(encodeVault(ENTRIES, key).equals(file)).toBe(false);
});

test("every truncation is called damaged", async () => {
  const { file, key } = await setup();

  const outcomes = new Set(
    Array.from({ length: file.length }, (_, length) => read(file.subarray(0, length), key)),
  );

  expect([...outcomes]).toEqual(["damaged"]);
});

test("every single bit that flips is called damaged", async () => {
  const { file, key } = await setup();
  const outcomes = new Set<unknown>();

  for (let bit = 0; bit < file.length * 8; bit += 1) {
    const flipped = Buffer.from(file);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    outcomes.add(read(flipped, key));
  }

  expect(file.length * 8).toBeGreaterThan(1_000);
  expect([...outcomes]).toEqual(["damaged"]);
});

test("a change with a digest made to fit gives no value either", async () => {
  const { file, key } = await setup();
  const outcomes = new Set<unknown>();

  for (let at = 0; at < file.length - 32; at += 1) {
    const changed = Buffer.from(file);
    changed[at] = (changed[at] ?? 0) ^ 1;
    outcomes.add(read(withDigest(changed), key));
  }

  expect([...outcomes].sort()).toEqual(["damaged", "wrong key"]);
});

test("a header that asks for more memory than any vault needs is not obeyed", async () => {
  const { file } = await setup();
  const greedy = Buffer.from(file.toString("latin1").replace('"cost":16,', '"cost":9e9,'), "latin1");
  greedy.writeUInt32LE(greedy.readUInt32LE(8) + (greedy.length - file.length), 8);

  expect(() => checkVault(withDigest(greedy))).toThrow(VaultDamaged);
});
