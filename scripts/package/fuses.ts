import { type FuseConfig, FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from "@electron/fuses";

/** All that Electron has. A new one makes flipping fail until it is decided here. */
export const FUSES: FuseConfig = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // Electron's binary cannot be made to run somebody's script, by an argument, a variable or a debugger.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // A snapshot of our own would switch Electron's off.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
};

/** The names of the fuses in a binary that are not as decided; empty when all are. */
export async function findWrongFuses(binary: string): Promise<readonly string[]> {
  const wire = await getCurrentFuseWire(binary);
  return Object.entries(FuseV1Options)
    .filter((entry): entry is [string, FuseV1Options] => typeof entry[1] === "number")
    .filter(([, fuse]) => wire[fuse] !== (FUSES[fuse] === true ? FuseState.ENABLE : FuseState.DISABLE))
    .map(([name]) => name);
}
