import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { flipFuses } from "@electron/fuses";
import type { AfterPackContext } from "electron-builder";
import { FUSES } from "./fuses.ts";
import { electronBinary, resourcesFolder } from "./packed-folder.ts";

/** electron-builder's number of the processor. */
const ARM64 = 3;

/** What is staged is complete, so nothing is to be installed, compiled or collected. */
export function beforeBuild(): boolean {
  return false;
}

/** Runs before the package is signed. electron-builder itself knows eight of the nine fuses. */
export async function afterPack({ appOutDir, arch, electronPlatformName }: AfterPackContext): Promise<void> {
  // Electron's own greeting, which stays where its folder was downloaded by somebody else.
  await rm(join(resourcesFolder(appOutDir, electronPlatformName), "default_app.asar"), { force: true });
  if (electronPlatformName === "darwin") await forbidArbitraryLoads(appOutDir);
  await flipFuses(electronBinary(appOutDir, electronPlatformName), {
    ...FUSES,
    // On Apple's own processors a changed binary without a new signature does not start.
    resetAdHocDarwinSignature:
      electronPlatformName === "darwin" && arch === ARM64 && process.platform === "darwin",
  });
}

/** electron-builder writes "any address, unencrypted too" into every program, whatever its own settings say. */
async function forbidArbitraryLoads(folder: string): Promise<void> {
  const file = join(folder, "Pilothouse.app", "Contents", "Info.plist");
  const list = await readFile(file, "utf8");
  await writeFile(file, list.replace(/(<key>NSAllowsArbitraryLoads<\/key>\s*)<true\/>/, "$1<false/>"));
}
