import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";

/**
 * The vault file, version 1:
 *
 * | bytes | meaning |
 * |---|---|
 * | 8 | `PHVAULT1` |
 * | 4 | length of the header, little endian |
 * | n | header, JSON: version, scrypt's parameters, salt, nonce |
 * | 32 | HMAC-SHA-256 over everything before, with the first half of the derived key |
 * | m | entries as JSON, AES-256-GCM with the second half; everything before is authenticated with it |
 * | 16 | its tag |
 * | 32 | SHA-256 over everything before |
 *
 * The digest tells damage from a wrong passphrase without any key; the HMAC tells a wrong passphrase from a
 * file that somebody changed and gave a new digest.
 */
const MAGIC = Buffer.from("PHVAULT1", "latin1");
const MAC_BYTES = 32;
const TAG_BYTES = 16;
const DIGEST_BYTES = 32;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const SALT_BYTES = 16;

/** 128 MiB and some 0.4 s per guess. */
export const SCRYPT_COST = 2 ** 17;
/** A header that asks for more was not written here, and would fill the memory of whoever opens it. */
const MOST_COST = 2 ** 20;
const BLOCK_SIZE = 8;

const headerSchema = z.strictObject({
  version: z.literal(1),
  cost: z.number().int().min(2).max(MOST_COST),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  nonce: z.string().regex(/^[0-9a-f]{24}$/),
});
type Header = z.infer<typeof headerSchema>;

const entriesSchema = z.record(z.string(), z.string());
export type VaultEntries = Readonly<Record<string, string>>;

/** What opens a vault file. Kept in memory while the vault is unlocked. */
export interface VaultKey {
  readonly cost: number;
  readonly salt: string;
  readonly macKey: Buffer;
  readonly cipherKey: Buffer;
}

/** Not what was written: cut, changed, or something else altogether. */
export class VaultDamaged extends Error {
  override readonly name = "VaultDamaged";
}

/** The file is whole, and this key is not its own. */
export class WrongKey extends Error {
  override readonly name = "WrongKey";
}

export async function createVaultKey(passphrase: string, cost = SCRYPT_COST): Promise<VaultKey> {
  return deriveKey(passphrase, cost, randomBytes(SALT_BYTES).toString("hex"));
}

/** The key that `passphrase` makes for this file; whether it is the right one shows when it is opened. @throws VaultDamaged */
export async function deriveKeyFor(file: Buffer, passphrase: string): Promise<VaultKey> {
  const { cost, salt } = partsOf(file).header;
  return deriveKey(passphrase, cost, salt);
}

async function deriveKey(passphrase: string, cost: number, salt: string): Promise<VaultKey> {
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
  const options = { N: cost, r: BLOCK_SIZE, p: 1, maxmem: 256 * BLOCK_SIZE * cost };
  // The same passphrase, however the keyboard composes its letters.
  const bytes = await derive(passphrase.normalize("NFC"), Buffer.from(salt, "hex"), KEY_BYTES * 2, options);
  return { cost, salt, macKey: bytes.subarray(0, KEY_BYTES), cipherKey: bytes.subarray(KEY_BYTES) };
}

export function encodeVault(entries: VaultEntries, key: VaultKey): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const header: Header = { version: 1, cost: key.cost, salt: key.salt, nonce: nonce.toString("hex") };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const head = Buffer.concat([MAGIC, length, text]);
  const open = Buffer.concat([head, createHmac("sha256", key.macKey).update(head).digest()]);
  const cipher = createCipheriv("aes-256-gcm", key.cipherKey, nonce);
  cipher.setAAD(open);
  const hidden = Buffer.concat([cipher.update(JSON.stringify(entries), "utf8"), cipher.final()]);
  const whole = Buffer.concat([open, hidden, cipher.getAuthTag()]);
  return Buffer.concat([whole, createHash("sha256").update(whole).digest()]);
}

/** @throws VaultDamaged, WrongKey */
export function decodeVault(file: Buffer, key: VaultKey): VaultEntries {
  const { header, head, mac, hidden, tag } = partsOf(file);
  if (!timingSafeEqual(createHmac("sha256", key.macKey).update(head).digest(), mac)) throw new WrongKey();
  const decipher = createDecipheriv("aes-256-gcm", key.cipherKey, Buffer.from(header.nonce, "hex"));
  decipher.setAAD(Buffer.concat([head, mac]));
  decipher.setAuthTag(tag);
  try {
    const text = Buffer.concat([decipher.update(hidden), decipher.final()]).toString("utf8");
    return entriesSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new VaultDamaged("its content is not what was written", { cause });
  }
}

/** @throws VaultDamaged unless the file is what was written, as far as that shows without a key */
export function checkVault(file: Buffer): void {
  partsOf(file);
}

function partsOf(file: Buffer): { header: Header; head: Buffer; mac: Buffer; hidden: Buffer; tag: Buffer } {
  const least = MAGIC.length + 4 + MAC_BYTES + TAG_BYTES + DIGEST_BYTES;
  if (file.length < least) throw new VaultDamaged("the file is too short");
  const whole = file.subarray(0, -DIGEST_BYTES);
  const digest = createHash("sha256").update(whole).digest();
  if (!digest.equals(file.subarray(-DIGEST_BYTES))) throw new VaultDamaged("its digest does not fit");
  if (!whole.subarray(0, MAGIC.length).equals(MAGIC)) throw new VaultDamaged("it is no vault file");
  const headEnd = MAGIC.length + 4 + whole.readUInt32LE(MAGIC.length);
  const macEnd = headEnd + MAC_BYTES;
  if (macEnd + TAG_BYTES > whole.length) throw new VaultDamaged("its header is too long");
  return {
    header: readHeader(whole.subarray(MAGIC.length + 4, headEnd)),
    head: whole.subarray(0, headEnd),
    mac: whole.subarray(headEnd, macEnd),
    hidden: whole.subarray(macEnd, -TAG_BYTES),
    tag: whole.subarray(-TAG_BYTES),
  };
}

function readHeader(text: Buffer): Header {
  try {
    return headerSchema.parse(JSON.parse(text.toString("utf8")));
  } catch (cause) {
    throw new VaultDamaged("its header is not understood", { cause });
  }
}
