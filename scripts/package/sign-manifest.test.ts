import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { describeFiles, makeUpdateKey, publicKeyOf } from "./sign-manifest.ts";

const SCRIPT = join(import.meta.dirname, "..", "sign-update.ts");

async function releaseOf(names: readonly string[]): Promise<AsyncDisposable & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-release-"));
  for (const name of names) await writeFile(join(folder, name), name);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

async function sign(folder: string, key: string): Promise<{ code: number; said: string }> {
  const options = { env: { PILOTHOUSE_UPDATE_KEY: key } };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, folder], options);
    return { code: 0, said: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, said: stderr };
  }
}

test("a manifest lists the packages that renew an installation, and no others", async () => {
  const names = [
    "Pilothouse-0.2.0-linux-x86_64.AppImage",
    "Pilothouse-0.2.0-linux-arm64.AppImage",
    "Pilothouse-0.2.0-linux-x64.deb",
    "Pilothouse-0.2.0-linux-x64.tar.gz",
    "Pilothouse-0.2.0-win-x64-setup.exe",
    "Pilothouse-0.2.0-win-x64-setup.exe.blockmap",
    "Pilothouse-0.2.0-win-x64-portable.exe",
    "Pilothouse-0.2.0-win-x64.msi",
    "Pilothouse-0.2.0-mac-arm64.dmg",
    "Pilothouse-0.2.0-mac-arm64.zip",
    "pilothouse-headless-0.2.0-linux-x64.tar.gz",
    "SHA256SUMS",
  ];
  await using release = await releaseOf(names);

  const files = await describeFiles(release.folder, names);

  expect(files.map(({ arch, kind, name }) => `${kind} ${arch} ${name}`)).toEqual([
    "appimage x64 Pilothouse-0.2.0-linux-x86_64.AppImage",
    "appimage arm64 Pilothouse-0.2.0-linux-arm64.AppImage",
    "nsis x64 Pilothouse-0.2.0-win-x64-setup.exe",
    "dmg arm64 Pilothouse-0.2.0-mac-arm64.dmg",
  ]);
  const [first] = files;
  expect(first?.sizeBytes).toBe(first?.name.length);
  expect(first?.sha512).toBe(
    createHash("sha512")
      .update(first?.name ?? "")
      .digest("hex"),
  );
});

test("a new key is a private one and the public half that belongs to it", () => {
  const { privateKey, publicKey } = makeUpdateKey();

  expect(publicKeyOf(privateKey)).toBe(publicKey);
  expect(Buffer.from(publicKey, "base64")).toHaveLength(32);
});

test("a release without the secret is not signed and does not fail", async () => {
  await using release = await releaseOf(["Pilothouse-0.2.0-mac-arm64.dmg"]);

  const { code, said } = await sign(release.folder, "");

  expect([code, said]).toEqual([0, expect.stringContaining("nothing is signed")]);
  expect(await readdir(release.folder)).toEqual(["Pilothouse-0.2.0-mac-arm64.dmg"]);
});

test("a release is not signed with a key that no installation knows", async () => {
  await using release = await releaseOf(["Pilothouse-0.2.0-mac-arm64.dmg"]);

  const { code, said } = await sign(release.folder, makeUpdateKey().privateKey);

  expect([code, said]).toEqual([1, expect.stringContaining("No key of PILOTHOUSE_UPDATE_KEY stands in")]);
});
