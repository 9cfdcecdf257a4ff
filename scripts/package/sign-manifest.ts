import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { keyId, signedBytes, type UpdateKind, type UpdateManifest } from "../../src-main/updates/index.ts";

export type ReleasedFile = UpdateManifest["files"][number];

/** Names that the packages of a release have, by how an installation is renewed with them. */
const NAMES: Readonly<Record<UpdateKind, RegExp>> = {
  appimage: /^Pilothouse-[\d.]+-linux-(x64|arm64|x86_64|aarch64)\.AppImage$/,
  nsis: /^Pilothouse-[\d.]+-win-(x64|arm64)-setup\.exe$/,
  dmg: /^Pilothouse-[\d.]+-mac-(x64|arm64)\.dmg$/,
};
const ARCHES: Readonly<Record<string, ReleasedFile["arch"]>> = {
  x64: "x64",
  x86_64: "x64",
  arm64: "arm64",
  aarch64: "arm64",
};

/** A new key: the private part for the secrets of the workflow, the public one for resources/updates.json. */
export function makeUpdateKey(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  return { privateKey: pem, publicKey: publicKeyOf(pem) };
}

/** Of a private key in PEM: 32 bytes as base64. */
export function publicKeyOf(privateKey: string): string {
  const { x } = createPublicKey(createPrivateKey(privateKey)).export({ format: "jwk" });
  return Buffer.from(x ?? "", "base64url").toString("base64");
}

/** The packages among `names` that an installation can be renewed with, as a manifest lists them. */
export async function describeFiles(folder: string, names: readonly string[]): Promise<ReleasedFile[]> {
  const files: ReleasedFile[] = [];
  for (const name of names) {
    for (const [kind, pattern] of Object.entries(NAMES) as [UpdateKind, RegExp][]) {
      const arch = ARCHES[pattern.exec(name)?.[1] ?? ""];
      if (arch !== undefined) files.push({ kind, arch, name, ...(await summaryOf(join(folder, name))) });
    }
  }
  return files;
}

/** The file that the feed serves: the manifest as it was signed, and a signature by each key. */
export function signManifest(manifest: UpdateManifest, privateKeys: readonly string[]): string {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const signatures = privateKeys.map((privateKey) => ({
    key: keyId(publicKeyOf(privateKey)),
    value: sign(null, signedBytes(bytes), privateKey).toString("base64"),
  }));
  return `${JSON.stringify({ manifest: bytes.toString("base64"), signatures }, null, 2)}\n`;
}

async function summaryOf(path: string): Promise<{ sizeBytes: number; sha512: string }> {
  const hash = createHash("sha512");
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) hash.update(part);
  return { sizeBytes: (await stat(path)).size, sha512: hash.digest("hex") };
}
