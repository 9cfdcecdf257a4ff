import { join } from "node:path";
import type { PackageTarget } from "./package-target.ts";

const PRODUCT = "Pilothouse";

/** The binary in a packed folder that holds the fuses; flipping them on macOS goes through the program's name. */
export function electronBinary(folder: string, platform: string): string {
  if (platform === "darwin") return join(folder, `${PRODUCT}.app`, "Contents", "MacOS", PRODUCT);
  return join(folder, platform === "win32" ? `${PRODUCT}.exe` : "pilothouse-desktop");
}

/** Electron's folder of resources in a packed folder: the archive and what lies beside it. */
export function resourcesFolder(folder: string, platform: string): string {
  return platform === "darwin"
    ? join(folder, `${PRODUCT}.app`, "Contents", "Resources")
    : join(folder, "resources");
}

/** electron-builder's name of the folder it packs a target in. */
export function packedFolderName({ arch, os }: PackageTarget): string {
  const suffix = arch === "x64" ? "" : `-${arch}`;
  return os === "mac" ? `mac${suffix}` : `${os}${suffix}-unpacked`;
}
