import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { z } from "zod";
import { AppError } from "#contract/errors.ts";
import { UPDATE_KINDS, type UpdateKind } from "./update-source.ts";
import { compareVersions, VERSION } from "./versions.ts";

/** No manifest is near it; a longer answer is not read to its end. */
export const MAX_MANIFEST_BYTES = 64 * 1024;
/** No package is near it. */
const MAX_FILE_BYTES = 2 * 1024 ** 3;
/** A signature says what it is for, so that nothing else signed with the key can be passed off as a manifest. */
const PURPOSE = "pilothouse update manifest 1\n";
/** Clocks of two computers differ by this much and no more. */
const CLOCK_DIFFERENCE_MS = 24 * 60 * 60 * 1_000;

/** One package of a release. */
const fileSchema = z.strictObject({
  kind: z.enum(UPDATE_KINDS),
  arch: z.enum(["x64", "arm64"]),
  /** In the folder of the manifest. A bare name, so that it can point nowhere else. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/),
  sizeBytes: z.int().positive().max(MAX_FILE_BYTES),
  sha512: z.string().regex(/^[0-9a-f]{128}$/),
});
export type UpdateFile = z.infer<typeof fileSchema>;

/** What a release says of itself; only ever read after its signature was checked. */
const manifestSchema = z.strictObject({
  version: z.string().regex(VERSION),
  releasedAtMs: z.int().positive(),
  /** After it the manifest counts for nothing: who withholds a newer one does not stay unnoticed. */
  expiresAtMs: z.int().positive(),
  files: z.array(fileSchema).max(32),
});
export type UpdateManifest = z.infer<typeof manifestSchema>;

const envelopeSchema = z.strictObject({
  /** The manifest as the bytes that were signed, base64. */
  manifest: z.base64(),
  signatures: z
    .array(z.strictObject({ key: z.string().regex(/^[0-9a-f]{16}$/), value: z.base64().length(88) }))
    .min(1)
    .max(4),
});

/** What is known here and decides over a manifest. */
export interface ManifestJudge {
  /** Public keys, base64. */
  readonly keys: readonly string[];
  readonly nowMs: number;
  /** The newest version that was ever offered here; an older manifest than that one is somebody's replay. */
  readonly newestSeen: string | null;
}

/**
 * Reads an answer of the feed and believes nothing of it before a known key has signed it.
 *
 * @throws AppError `update.untrusted`, `update.out_of_time`
 */
export function readManifest(answer: Buffer, judge: ManifestJudge): UpdateManifest {
  const { manifest: encoded, signatures } = parse(envelopeSchema, answer, "the answer is not a manifest");
  const signed = Buffer.from(encoded, "base64");
  const isSigned = judge.keys.some((key) => {
    const id = keyId(key);
    const signature = signatures.find((each) => each.key === id);
    return signature !== undefined && isSignedBy(key, signed, signature.value);
  });
  if (!isSigned) throw untrusted("no known key has signed it");
  const manifest = parse(manifestSchema, signed, "what was signed is not a manifest");
  checkTime(manifest, judge.nowMs);
  if (judge.newestSeen !== null && compareVersions(manifest.version, judge.newestSeen) < 0) {
    throw untrusted(`it offers ${manifest.version} after ${judge.newestSeen} was offered already`);
  }
  return manifest;
}

/** The package of `manifest` for this installation when it is newer than what is installed; never an older one. */
export function findOffer(
  manifest: UpdateManifest,
  here: { readonly installed: string; readonly kind: UpdateKind | null; readonly arch: string },
): { readonly version: string; readonly file: UpdateFile | null } | null {
  if (compareVersions(manifest.version, here.installed) <= 0) return null;
  const file = manifest.files.find(({ arch, kind }) => kind === here.kind && arch === here.arch) ?? null;
  // A release may lack the package of one system; whoever could not use it anyway is told of it all the same.
  return file === null && here.kind !== null ? null : { version: manifest.version, file };
}

/** The bytes to sign for a manifest: the purpose, then the manifest itself. */
export function signedBytes(manifest: Buffer): Buffer {
  return Buffer.concat([Buffer.from(PURPOSE), manifest]);
}

/** Names a public key in a signature. */
export function keyId(key: string): string {
  return createHash("sha256").update(Buffer.from(key, "base64")).digest("hex").slice(0, 16);
}

export function untrusted(problem: string): AppError {
  return new AppError("update.untrusted", `The update is not used: ${problem}`, { details: { problem } });
}

function checkTime({ expiresAtMs, releasedAtMs }: UpdateManifest, nowMs: number): void {
  if (nowMs < releasedAtMs - CLOCK_DIFFERENCE_MS) throw outOfTime("it comes from the future");
  if (nowMs > expiresAtMs) throw outOfTime("it is no longer valid");
}

function outOfTime(problem: string): AppError {
  return new AppError("update.out_of_time", `What is known of updates cannot be used: ${problem}`, {
    details: { problem },
  });
}

function isSignedBy(key: string, manifest: Buffer, signature: string): boolean {
  return verify(null, signedBytes(manifest), publicKeyOf(key), Buffer.from(signature, "base64"));
}

function publicKeyOf(key: string): KeyObject {
  const x = Buffer.from(key, "base64").toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}

function parse<T>(schema: z.ZodType<T>, bytes: Buffer, problem: string): T {
  try {
    return schema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    // What exactly is wrong with it helps nobody but its forger.
    throw untrusted(problem);
  }
}
