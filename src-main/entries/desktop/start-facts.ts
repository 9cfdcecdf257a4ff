import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { resolveDataFolder } from "#main/platform/index.ts";
import type { CoreStart } from "./host-messages.ts";

/** What the environment of the main process says about this start. */
export interface StartFacts {
  readonly dataFolder: string;
  /** Chromium's own profile: one per data folder, so that one window program per data folder runs. */
  readonly profileFolder: string;
}

const DATA_OPTION = "--data";

/** Reads `--data DIR` and `--data=DIR`; Chromium's own switches in between are none of ours. */
export function readStartFacts(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): StartFacts {
  const at = argv.findIndex((word) => word === DATA_OPTION || word.startsWith(`${DATA_OPTION}=`));
  const word = argv[at] ?? "";
  const named = word === DATA_OPTION ? argv[at + 1] : word.slice(DATA_OPTION.length + 1);
  const place = { platform, env, home: homedir(), tmp: tmpdir() };
  const dataFolder = resolve(named === undefined || named === "" ? resolveDataFolder(place) : named);
  return { dataFolder, profileFolder: join(dataFolder, "window") };
}

export interface InstallFacts {
  readonly appPath: string;
  readonly resourcesPath: string;
  readonly isPackaged: boolean;
  readonly platform: NodeJS.Platform;
  /** The Node that runs a program from its sources; a package brings its own. */
  readonly developmentNode: string | undefined;
}

/**
 * Where the parts lie that plain Node reads: beside the archive, because only Electron looks into one.
 *
 * @throws Error when a start from sources does not name a Node
 */
export function partsOf(facts: InstallFacts): Pick<CoreStart, "partsFolder" | "nodeExecutable"> {
  const { appPath, developmentNode, isPackaged, platform, resourcesPath } = facts;
  if (isPackaged) {
    const node = platform === "win32" ? "node.exe" : "node";
    return {
      partsFolder: join(resourcesPath, "program"),
      nodeExecutable: join(resourcesPath, "runtime", node),
    };
  }
  if (developmentNode === undefined) throw new Error("PILOTHOUSE_NODE does not name a Node");
  return { partsFolder: appPath, nodeExecutable: developmentNode };
}
