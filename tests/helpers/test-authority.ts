import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate with its key, both PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority that nobody knows, made for one test. */
export interface TestAuthority {
  readonly certificate: string;
  /** For a server at these addresses, given as the four bytes of IPv4. */
  issue(address: string): IssuedCertificate;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OID = 0x06;
const UTF8 = 0x0c;
const GENERALIZED_TIME = 0x18;
const TRUE = Buffer.from([0x01, 0x01, 0xff]);

const ECDSA_WITH_SHA256 = tlv(SEQUENCE, oid("2a8648ce3d040302"));
const COMMON_NAME = oid("550403");
const BASIC_CONSTRAINTS = oid("551d13");
const ALTERNATIVE_NAME = oid("551d11");

export function createTestAuthority(): TestAuthority {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = name("Test authority");
  const isAuthority = extension(BASIC_CONSTRAINTS, tlv(SEQUENCE, TRUE));
  const certificate = certificateOf(
    { issuer, subject: issuer, key: pair.publicKey, extensions: isAuthority },
    pair.privateKey,
  );
  return {
    certificate,
    issue(address) {
      const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const names = tlv(SEQUENCE, tlv(0x87, Buffer.from(address.split(".").map(Number))));
      const facts = { issuer, subject: name(address), key: own.publicKey };
      return {
        certificate: certificateOf(
          { ...facts, extensions: extension(ALTERNATIVE_NAME, names) },
          pair.privateKey,
        ),
        key: own.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

interface Facts {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly key: KeyObject;
  readonly extensions: Buffer;
}

function certificateOf({ extensions, issuer, key, subject }: Facts, signer: KeyObject): string {
  const serial = Buffer.from([0x01, ...crypto.getRandomValues(new Uint8Array(8))]);
  const validity = tlv(SEQUENCE, time("20200101000000Z"), time("21200101000000Z"));
  const body = tlv(
    SEQUENCE,
    tlv(0xa0, tlv(INTEGER, Buffer.from([2]))),
    tlv(INTEGER, serial),
    ECDSA_WITH_SHA256,
    issuer,
    validity,
    subject,
    key.export({ type: "spki", format: "der" }),
    tlv(0xa3, tlv(SEQUENCE, extensions)),
  );
  const signature = tlv(BIT_STRING, Buffer.from([0]), sign("sha256", body, signer));
  const text = tlv(SEQUENCE, body, ECDSA_WITH_SHA256, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${text.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function name(text: string): Buffer {
  return tlv(SEQUENCE, tlv(SET, tlv(SEQUENCE, COMMON_NAME, tlv(UTF8, Buffer.from(text)))));
}

function extension(id: Buffer, value: Buffer): Buffer {
  return tlv(SEQUENCE, id, TRUE, tlv(OCTET_STRING, value));
}

function time(text: string): Buffer {
  return tlv(GENERALIZED_TIME, Buffer.from(text));
}

function oid(hex: string): Buffer {
  return tlv(OID, Buffer.from(hex, "hex"));
}

/** Type, length and value, as DER wants them. */
function tlv(type: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const size = value.length;
  const long = size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([type, ...(size < 0x80 ? [size] : long)]), value]);
}
