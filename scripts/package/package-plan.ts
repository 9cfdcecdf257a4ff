import type { PackageTarget } from "./package-target.ts";

export type PackageFormat =
  | "headless"
  | "tar.gz"
  | "deb"
  | "rpm"
  | "AppImage"
  | "nsis"
  | "portable"
  | "msi"
  | "dmg"
  | "zip";

export interface MachineFacts {
  readonly host: PackageTarget;
  /** Electron's unpacked folder is here. */
  readonly hasElectron: boolean;
  /** electron-builder may fetch its tools, whose checksums it carries. */
  readonly mayDownload: boolean;
  readonly programs: ReadonlySet<string>;
}

export interface PlannedPackage {
  readonly format: PackageFormat;
  /** Why it is not made here, or null when it is. */
  readonly obstacle: string | null;
}

interface FormatNeeds {
  readonly os: PackageTarget["os"];
  /** Of the system. */
  readonly program: string | null;
  /** electron-builder fetches a tool for it. */
  readonly needsDownload: boolean;
}

const FORMATS: Readonly<Record<PackageFormat, FormatNeeds>> = {
  headless: { os: "linux", program: "tar", needsDownload: false },
  "tar.gz": { os: "linux", program: "tar", needsDownload: false },
  deb: { os: "linux", program: "dpkg-deb", needsDownload: false },
  rpm: { os: "linux", program: "rpmbuild", needsDownload: false },
  AppImage: { os: "linux", program: null, needsDownload: true },
  nsis: { os: "win", program: null, needsDownload: true },
  portable: { os: "win", program: null, needsDownload: true },
  msi: { os: "win", program: null, needsDownload: true },
  dmg: { os: "mac", program: null, needsDownload: true },
  zip: { os: "mac", program: null, needsDownload: true },
};
const SYSTEM_NAMES = { linux: "Linux", win: "Windows", mac: "macOS" } as const;

/** Programs of the system that some format is made with. */
export const PACKAGE_PROGRAMS: readonly string[] = [
  ...new Set(
    Object.values(FORMATS)
      .map(({ program }) => program)
      .filter((program) => program !== null),
  ),
];

/** Every package there is, with what stands in the way of making it on this machine. */
export function planPackages(facts: MachineFacts): readonly PlannedPackage[] {
  return (Object.keys(FORMATS) as PackageFormat[]).map((format) => ({
    format,
    obstacle: obstacleOf(format, facts),
  }));
}

function obstacleOf(format: PackageFormat, facts: MachineFacts): string | null {
  const { needsDownload, os, program } = FORMATS[format];
  if (os !== facts.host.os) return `is made on ${SYSTEM_NAMES[os]} (the workflow of a release does it)`;
  if (format !== "headless" && !facts.hasElectron) {
    return "needs Electron's binary: npx install-electron, or --electron DIR";
  }
  if (program !== null && !facts.programs.has(program)) return `needs ${program} on this machine`;
  if (needsDownload && !facts.mayDownload) return "electron-builder fetches a tool for it: --download";
  return null;
}
