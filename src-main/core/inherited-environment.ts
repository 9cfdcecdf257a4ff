/**
 * Names of variables that a run inherits from the environment Pilothouse was started in. Everything else
 * stays outside: an agent sees what its manifest names, not what happens to be set where it runs.
 *
 * What is on the list is needed to find programs, a home and a temporary folder, to speak the user's
 * language, and to open a window. Not on it, on purpose: DBUS_SESSION_BUS_ADDRESS and SSH_AUTH_SOCK (they
 * open the key ring and the keys of the user), proxies (they may hold a password; a manifest can set them),
 * and everything that changes how an interpreter loads code (LD_*, PYTHON*, NODE_*).
 */
const POSIX_NAMES: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "TZ",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SHELL",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "XDG_RUNTIME_DIR",
]);

/** Without these, Windows programs do not find their own system. Compared without regard to case. */
const WINDOWS_NAMES: ReadonlySet<string> = new Set([
  "PATH",
  "PATHEXT",
  "SYSTEMROOT",
  "SYSTEMDRIVE",
  "WINDIR",
  "COMSPEC",
  "USERNAME",
  "USERDOMAIN",
  "USERPROFILE",
  "HOMEDRIVE",
  "HOMEPATH",
  "APPDATA",
  "LOCALAPPDATA",
  "PROGRAMDATA",
  "PROGRAMFILES",
  "PROGRAMFILES(X86)",
  "PROGRAMW6432",
  "COMMONPROGRAMFILES",
  "TEMP",
  "TMP",
  "NUMBER_OF_PROCESSORS",
  "PROCESSOR_ARCHITECTURE",
  "LANG",
  "TZ",
]);

/** What installing packages needs beyond that: the way to the registries. Never given to a run. */
const PACKAGE_TOOL_NAME =
  /^(https?_proxy|no_proxy|all_proxy|ssl_cert_(file|dir)|requests_ca_bundle|node_extra_ca_certs|xdg_(cache|config)_home|pip_.*|npm_config_.*)$/i;

export type EnvironmentOf = "run" | "package-tool";

/** The part of `host` that passes on. */
export function inheritEnvironment(
  host: Readonly<Record<string, string | undefined>>,
  platform: string,
  receiver: EnvironmentOf = "run",
): Readonly<Record<string, string>> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value === undefined) continue;
    const isWanted =
      isInherited(name, platform) || (receiver === "package-tool" && PACKAGE_TOOL_NAME.test(name));
    if (isWanted) inherited[name] = value;
  }
  return inherited;
}

function isInherited(name: string, platform: string): boolean {
  if (platform === "win32") return WINDOWS_NAMES.has(name.toUpperCase());
  return POSIX_NAMES.has(name) || /^LC_[A-Z]+$/.test(name);
}
