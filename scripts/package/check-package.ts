import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { getRawHeader } from "@electron/asar";
import { allowedInArchive, allowedInProgram, compareWithList } from "./allow-list.ts";
import { findIntegrityProblem } from "./asar-integrity.ts";
import { findWrongFuses } from "./fuses.ts";
import { type PackageTarget, platformOf } from "./package-target.ts";
import { electronBinary, resourcesFolder } from "./packed-folder.ts";
import { listFiles } from "./stage-parts.ts";

/** Without Electron and the Node beside it. */
const MAX_BYTES = 60 * 1024 ** 2;

export interface PackageCheck {
  /** One sentence each; empty for a package that may be given to people. */
  readonly problems: readonly string[];
  readonly archiveBytes: number;
  /** The archive, what of it lies outside, and what plain Node runs. */
  readonly totalBytes: number;
}

/** Looks through a packed folder: what is in it, whether its fuses are set, whether Electron accepts its archive. */
export async function checkPackage(folder: string, target: PackageTarget): Promise<PackageCheck> {
  const [platform = ""] = platformOf(target).split("-");
  const resources = resourcesFolder(folder, platform);
  const archive = join(resources, "app.asar");
  const program = await listFiles(join(resources, "program"));
  const entries = listArchive(archive);
  const archiveBytes = (await stat(archive)).size;
  const totalBytes =
    archiveBytes +
    (await sizeOf(join(resources, "program"))) +
    (await sizeOf(join(resources, "app.asar.unpacked")));
  const fuses = await findWrongFuses(electronBinary(folder, platform));
  const integrity = await findIntegrityProblem(folder, platform);
  const unpacked = entries.filter(({ isUnpacked }) => isUnpacked).map(({ path }) => path);
  return {
    archiveBytes,
    totalBytes,
    problems: [
      ...compareWithList(
        entries.map(({ path }) => path),
        allowedInArchive(target),
      ),
      // The system loads a native from a file, and nothing but natives may be outside of the checked archive.
      ...unpacked
        .filter((file) => !file.endsWith(".node"))
        .map((file) => `${file} lies outside of the archive`),
      ...compareWithList(program, allowedInProgram(target)),
      ...(await compareResources(resources, target)),
      ...fuses.map((name) => `the fuse ${name} is not as decided`),
      ...(integrity === null ? [] : [integrity]),
      ...(totalBytes > MAX_BYTES ? [`the package has ${totalBytes} bytes, more than ${MAX_BYTES}`] : []),
    ],
  };
}

/** What lies in Electron's folder of resources: ours, and on macOS the languages and the icon. */
async function compareResources(resources: string, { os }: PackageTarget): Promise<string[]> {
  const [command, node] = os === "win" ? ["pilothouse.cmd", "node.exe"] : ["pilothouse", "node"];
  const ours = ["app.asar", "app.asar.unpacked", "bin", "program", "runtime"];
  const found = await readdir(resources);
  const isMacs = (name: string) => os === "mac" && (name === "icon.icns" || name.endsWith(".lproj"));
  const strangers = found.filter((name) => !ours.includes(name) && !isMacs(name));
  const lists = [
    ["bin", command],
    ["runtime", node],
  ] as const;
  const wrong: string[] = strangers.map((name) => `resources/${name} must not be in the package`);
  for (const [folder, only] of lists) {
    const names = await readdir(join(resources, folder));
    if (names.join() !== only) wrong.push(`resources/${folder} holds ${names.join(", ")} instead of ${only}`);
  }
  return wrong;
}

interface ArchiveEntry {
  readonly path: string;
  readonly isUnpacked: boolean;
}

/** As `@electron/asar` reads a header. */
interface HeaderNode {
  readonly files?: Readonly<Record<string, HeaderNode>>;
  readonly unpacked?: boolean;
  readonly link?: string;
}

/** The files of an archive; a link in it counts as a file, and no list allows one. */
export function listArchive(archive: string): readonly ArchiveEntry[] {
  return entriesOf(JSON.parse(getRawHeader(archive).headerString) as HeaderNode, "");
}

function entriesOf(node: HeaderNode, path: string): ArchiveEntry[] {
  if (node.files === undefined) {
    const isLink = node.link !== undefined;
    return [{ path: isLink ? `${path} (a link)` : path, isUnpacked: node.unpacked === true }];
  }
  const prefix = path === "" ? "" : `${path}/`;
  return Object.entries(node.files).flatMap(([name, child]) => entriesOf(child, `${prefix}${name}`));
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const file of await listFiles(folder)) bytes += (await stat(join(folder, file))).size;
  return bytes;
}
