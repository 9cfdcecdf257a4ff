import { execFile } from "node:child_process";
import { access, constants, glob } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { findInstalledBrowser } from "../../tests/helpers/installed-browser.ts";

const run = promisify(execFile);

export type ToolName =
  | "browser"
  | "fonts"
  | "strace"
  | "faketime"
  | "python3"
  | "venv"
  | "ps"
  | "keyring"
  | "libsecret"
  | "bus"
  | "gdbus"
  | "dpkg"
  | "fakeroot"
  | "rpm"
  | "desktop-files"
  | "apparmor"
  | "docker"
  | "compose"
  | "podman"
  | "openssl"
  | "ssh"
  | "busybox";

interface SystemTool {
  readonly title: string;
  /** Debian packages that bring it. */
  readonly packages: readonly string[];
  /** Elsewhere the suites do without it. */
  readonly isLinuxOnly: boolean;
  readonly isThere: () => Promise<boolean>;
}

/** What the suites need beyond npm packages. The steps name these; apt-get brings them on Debian. */
export const SYSTEM_TOOLS: Readonly<Record<ToolName, SystemTool>> = {
  browser: {
    title: "a Chromium browser",
    packages: ["chromium"],
    isLinuxOnly: false,
    isThere: async () => findInstalledBrowser() !== null,
  },
  fonts: {
    title: "the DejaVu fonts",
    packages: ["fonts-dejavu-core"],
    isLinuxOnly: true,
    isThere: () => isFile("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
  },
  strace: { title: "strace", packages: ["strace"], isLinuxOnly: true, isThere: () => isOnPath("strace") },
  faketime: {
    title: "libfaketime",
    packages: ["libfaketime"],
    isLinuxOnly: true,
    isThere: () => matchesAny("/usr/lib/*/faketime/libfaketime.so.1"),
  },
  python3: {
    title: "Python 3",
    packages: ["python3"],
    isLinuxOnly: false,
    isThere: () => isOnPath("python3"),
  },
  venv: {
    title: "Python's venv module",
    packages: ["python3-venv"],
    isLinuxOnly: false,
    isThere: () => succeeds("python3", ["-c", "import ensurepip, venv"]),
  },
  keyring: {
    title: "gnome-keyring",
    packages: ["gnome-keyring", "libsecret-tools"],
    isLinuxOnly: true,
    isThere: () => isOnPath("gnome-keyring-daemon"),
  },
  libsecret: {
    title: "libsecret",
    packages: ["libsecret-1-0"],
    isLinuxOnly: true,
    isThere: () => matchesAny("/usr/lib/*/libsecret-1.so.0"),
  },
  bus: {
    title: "a session bus",
    packages: ["dbus", "dbus-daemon"],
    isLinuxOnly: true,
    isThere: () => isOnPath("dbus-run-session"),
  },
  gdbus: {
    title: "gdbus",
    packages: ["libglib2.0-bin"],
    isLinuxOnly: true,
    isThere: () => isOnPath("gdbus"),
  },
  dpkg: { title: "dpkg", packages: ["dpkg"], isLinuxOnly: true, isThere: () => isOnPath("dpkg-deb") },
  fakeroot: {
    title: "fakeroot",
    packages: ["fakeroot"],
    isLinuxOnly: true,
    isThere: () => isOnPath("fakeroot"),
  },
  rpm: { title: "rpmbuild", packages: ["rpm"], isLinuxOnly: true, isThere: () => isOnPath("rpmbuild") },
  "desktop-files": {
    title: "desktop-file-validate",
    packages: ["desktop-file-utils"],
    isLinuxOnly: true,
    isThere: () => isOnPath("desktop-file-validate"),
  },
  apparmor: {
    title: "AppArmor's parser",
    packages: ["apparmor"],
    isLinuxOnly: true,
    isThere: async () => (await isOnPath("apparmor_parser")) || isFile("/usr/sbin/apparmor_parser"),
  },
  ps: { title: "ps", packages: ["procps"], isLinuxOnly: true, isThere: () => isOnPath("ps") },
  docker: {
    title: "Docker's daemons",
    packages: ["docker.io", "containerd", "runc", "tini"],
    isLinuxOnly: true,
    isThere: () => areOnPath("dockerd", "containerd", "runc", "docker-init"),
  },
  compose: {
    title: "a compose tool",
    packages: ["docker-compose"],
    isLinuxOnly: true,
    isThere: () => isOnPath("docker-compose"),
  },
  openssl: {
    title: "openssl",
    packages: ["openssl"],
    isLinuxOnly: true,
    isThere: () => isOnPath("openssl"),
  },
  ssh: {
    title: "OpenSSH with its server",
    packages: ["openssh-client", "openssh-server"],
    isLinuxOnly: true,
    isThere: async () => (await areOnPath("ssh", "ssh-keygen")) && isFile("/usr/sbin/sshd"),
  },
  podman: {
    title: "Podman",
    // The last four are what Debian recommends for it: networks, and storage where the kernel's own is not to be had.
    packages: ["podman", "catatonit", "runc", "netavark", "aardvark-dns", "fuse-overlayfs", "uidmap"],
    isLinuxOnly: true,
    // Without the init it starts none of our runs, and Debian only recommends it.
    isThere: () => areOnPath("podman", "catatonit", "runc"),
  },
  busybox: {
    title: "a static busybox",
    packages: ["busybox-static"],
    isLinuxOnly: true,
    isThere: () => isFile("/bin/busybox"),
  },
};

/** Those of `wanted` that this machine lacks. */
export async function findMissingTools(wanted: readonly ToolName[]): Promise<ToolName[]> {
  const missing: ToolName[] = [];
  for (const name of new Set(wanted)) {
    const { isLinuxOnly, isThere } = SYSTEM_TOOLS[name];
    if (isLinuxOnly && process.platform !== "linux") continue;
    if (!(await isThere())) missing.push(name);
  }
  return missing;
}

/**
 * Installs the Debian packages of `missing` when this user may.
 *
 * @returns what stands in the way, or `null` when apt-get said that it is done.
 */
export async function installTools(missing: readonly ToolName[]): Promise<string | null> {
  const packages = missing.flatMap((name) => SYSTEM_TOOLS[name].packages);
  if (!(await isOnPath("apt-get"))) return `there is no apt-get here to install ${packages.join(" ")}`;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !(await succeeds("sudo", ["-n", "true"]))) {
    return `this user may not install packages; run: sudo apt-get install ${packages.join(" ")}`;
  }
  const [command, ...prefix] = isRoot ? ["env"] : ["sudo", "-n", "env"];
  const apt = [...prefix, "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
  console.log(`Installing ${packages.join(" ")} (apt-get) …`);
  try {
    await run(command ?? "env", [...apt, "update"]);
    await run(command ?? "env", [...apt, "install", "-y", "--no-install-recommends", ...packages], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return null;
  } catch (error) {
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    return `apt-get could not install ${packages.join(" ")}: ${stderr.trim().split("\n").slice(-3).join(" · ")}`;
  }
}

export async function isOnPath(program: string): Promise<boolean> {
  const suffixes = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const file of folders.flatMap((folder) => suffixes.map((suffix) => join(folder, program + suffix)))) {
    if (await isFile(file)) return true;
  }
  return false;
}

async function areOnPath(...programs: readonly string[]): Promise<boolean> {
  return (await Promise.all(programs.map(isOnPath))).every((isThere) => isThere);
}

async function matchesAny(pattern: string): Promise<boolean> {
  const { done } = await glob(pattern).next();
  return done !== true;
}

async function isFile(file: string): Promise<boolean> {
  try {
    await access(file, constants.R_OK);
    return true;
  } catch {
    // Not there is the answer that was asked for.
    return false;
  }
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(command, [...args]);
    return true;
  } catch {
    // Missing or failing comes to the same here.
    return false;
  }
}
