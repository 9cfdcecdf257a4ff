import { chmod, cp, mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface LinuxRootOptions {
  readonly root: string;
  /** What electron-builder packed. */
  readonly packed: string;
  /** Made anew: what the package puts under `/`. */
  readonly folder: string;
}

const INSTALLED = "opt/Pilothouse";
const ICON_SIZES = [16, 32, 48, 64, 128, 256, 512] as const;

/** Lays out what a deb and an rpm put under `/`. */
export async function layOutLinuxRoot({ folder, packed, root }: LinuxRootOptions): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const installed = join(folder, INSTALLED);
  await mkdir(dirname(installed), { recursive: true });
  await cp(packed, installed, { recursive: true, verbatimSymlinks: true });
  const from = join(root, "resources", "package", "linux");
  await put(join(from, "apparmor-profile"), join(installed, "resources", "linux", "apparmor-profile"));
  await put(
    join(from, "pilothouse-desktop.desktop"),
    join(folder, "usr/share/applications/pilothouse-desktop.desktop"),
  );
  await put(join(root, "LICENSE"), join(folder, "usr/share/doc/pilothouse/copyright"));
  const icons = join(root, "resources", "icons");
  for (const size of ICON_SIZES) await put(join(icons, `icon-${size}.png`), iconFile(folder, size));
  await put(
    join(icons, "pilothouse.svg"),
    join(folder, "usr/share/icons/hicolor/scalable/apps/pilothouse.svg"),
  );
  await mkdir(join(folder, "usr", "bin"), { recursive: true });
  await symlink("../../opt/Pilothouse/resources/bin/pilothouse", join(folder, "usr", "bin", "pilothouse"));
  // Chromium's own way into a sandbox where the kernel gives users no namespaces. It does nothing else.
  await chmod(join(installed, "chrome-sandbox"), 0o4755);
}

function iconFile(folder: string, sizePx: number): string {
  return join(folder, `usr/share/icons/hicolor/${sizePx}x${sizePx}/apps/pilothouse.png`);
}

async function put(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
  await chmod(to, 0o644);
}
