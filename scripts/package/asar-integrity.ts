import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { getRawHeader } from "@electron/asar";
import { NtExecutable, NtExecutableResource } from "resedit";
import { electronBinary, resourcesFolder } from "./packed-folder.ts";

/**
 * Why Electron would refuse the archive of a packed folder, or accept a changed one; null when neither.
 *
 * Electron compares the hash of the archive's header, and with the hashes in the header every block it reads. It has
 * no such check on Linux.
 */
export async function findIntegrityProblem(folder: string, platform: string): Promise<string | null> {
  if (platform === "linux") return null;
  const archive = join(resourcesFolder(folder, platform), "app.asar");
  const { headerString } = getRawHeader(archive);
  const actual = createHash("sha256").update(headerString).digest("hex");
  const stated =
    platform === "darwin"
      ? await hashInPropertyList(folder)
      : hashInExecutable(await readFile(electronBinary(folder, platform)));
  if (stated === null) return "the program does not say which archive it belongs to";
  return stated === actual ? null : `the program belongs to an archive ${stated}, and this is ${actual}`;
}

const PLIST_HASH =
  /<key>ElectronAsarIntegrity<\/key>\s*<dict>\s*<key>Resources\/app\.asar<\/key>\s*<dict>[\s\S]*?<key>hash<\/key>\s*<string>([0-9a-f]{64})<\/string>/;

async function hashInPropertyList(folder: string): Promise<string | null> {
  const list = await readFile(join(folder, "Pilothouse.app", "Contents", "Info.plist"), "utf8");
  return PLIST_HASH.exec(list)?.[1] ?? null;
}

function hashInExecutable(content: Buffer): string | null {
  // Signed or not: only what it carries is read.
  const executable = NtExecutable.from(content, { ignoreCert: true });
  const entry = NtExecutableResource.from(executable).entries.find(
    ({ id, type }) => type === "INTEGRITY" && id === "ELECTRONASAR",
  );
  if (entry === undefined) return null;
  const list = JSON.parse(Buffer.from(entry.bin).toString("utf8")) as { file: string; value: string }[];
  return list.find(({ file }) => file.toLowerCase() === "resources\\app.asar")?.value ?? null;
}
