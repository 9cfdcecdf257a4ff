import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import type { PackageTarget } from "./package-target.ts";
import { packedFolderName } from "./packed-folder.ts";
import { runProgram } from "./run-program.ts";
import { stageApp, stageCommand, stageProgram } from "./stage-parts.ts";

export interface DesktopBuild {
  readonly root: string;
  readonly target: PackageTarget;
  /** Electron's unpacked folder for the target. */
  readonly electron: string;
  /** The Node of the target, which supervisors and the command line run on. */
  readonly nodeFile: string;
  /** Where packages go. */
  readonly output: string;
  /** electron-builder's names; `dir` makes the folder alone and needs no download. */
  readonly formats: readonly string[];
}

/** Stages the parts and has electron-builder wrap them; the folder that was packed. */
export async function buildDesktopPackage(build: DesktopBuild): Promise<string> {
  const { electron, formats, output, root, target } = build;
  const stage = join(output, ".stage");
  const resources = join(stage, "resources");
  await stageApp({ root, target, folder: join(stage, "app") });
  await stageProgram({ root, target, folder: join(resources, "program") });
  await stageCommand({ root, target, folder: resources }, build.nodeFile);
  // A workflow hands over secrets that are not set as empty ones; without one, nothing is signed.
  const environment = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));
  const settings = {
    "directories.app": join(stage, "app"),
    "directories.output": output,
    electronDist: electron,
    // Only with the secrets of a release does Apple hear of a build.
    ...(environment["APPLE_API_KEY"] === undefined ? {} : { "mac.notarize": "true" }),
  };
  await runProgram(
    process.execPath,
    [
      join(root, "node_modules", "electron-builder", "cli.js"),
      `--${target.os}`,
      ...formats,
      `--${target.arch}`,
      "--publish=never",
      ...Object.entries(settings).map(([key, value]) => `-c.${key}=${value}`),
    ],
    // electron-builder takes the paths of its file as relative to the project.
    { cwd: root, env: { ...environment, PILOTHOUSE_STAGE: relative(root, stage).replaceAll("\\", "/") } },
  );
  await rm(stage, { recursive: true });
  return join(output, packedFolderName(target));
}
