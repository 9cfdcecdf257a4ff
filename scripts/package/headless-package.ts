import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { LaunchError } from "../../bin/runtime.mjs";
import { allowedInHeadless, compareWithList } from "./allow-list.ts";
import { packTarGz, type TarOptions } from "./linux-packages.ts";
import { nameOfTarget, type PackageTarget } from "./package-target.ts";
import { listFiles, stageLauncher, stageProgram } from "./stage-parts.ts";

export interface HeadlessOptions {
  readonly root: string;
  readonly target: PackageTarget;
  readonly output: string;
  readonly compression: TarOptions["compression"];
}

/**
 * Makes the package for servers: web entry and command line for a Node of the machine.
 *
 * @throws LaunchError when a file is in it that must not be
 */
export async function buildHeadless({ compression, output, root, target }: HeadlessOptions): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const name = `pilothouse-headless-${version}-${nameOfTarget(target)}`;
  const parent = join(output, ".headless");
  const folder = join(parent, name);
  await rm(parent, { recursive: true, force: true });
  await stageProgram({ root, target, folder });
  await stageLauncher(root, folder);
  const own = join(root, "resources", "package", "headless");
  await cp(join(own, "README.md"), join(folder, "README.md"));
  await mkdir(join(folder, "systemd"));
  await cp(join(own, "pilothouse.service"), join(folder, "systemd", "pilothouse.service"));
  const problems = compareWithList(await listFiles(folder), allowedInHeadless(target));
  if (problems.length > 0) throw new LaunchError(problems.join("\n"));
  const file = join(output, `${name}.tar.gz`);
  await packTarGz({ parent, name, file, compression });
  await rm(parent, { recursive: true });
  return file;
}
