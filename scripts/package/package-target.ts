/** A system and processor that a package is made for. Names as electron-builder has them. */
export interface PackageTarget {
  readonly os: "linux" | "win" | "mac";
  readonly arch: "x64" | "arm64";
}

const PLATFORMS = { linux: "linux", win: "win32", mac: "darwin" } as const;
const SYSTEMS: Readonly<Record<string, PackageTarget["os"]>> = {
  linux: "linux",
  win32: "win",
  darwin: "mac",
};

/** What Node calls it, e.g. `win32-x64`; prebuilt natives are named so. */
export function platformOf({ arch, os }: PackageTarget): string {
  return `${PLATFORMS[os]}-${arch}`;
}

/** What files and folders are named by, e.g. `win-x64`. */
export function nameOfTarget({ arch, os }: PackageTarget): string {
  return `${os}-${arch}`;
}

/** The target that this very machine is, or null where no packages are made for. */
export function findHostTarget(platform: string, arch: string): PackageTarget | null {
  const os = SYSTEMS[platform];
  if (os === undefined || (arch !== "x64" && arch !== "arm64")) return null;
  return { os, arch };
}
