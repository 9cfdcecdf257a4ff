import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FolderListing } from "#contract/system.ts";
import { exists, expandHome, MANIFEST_FILE, unreadableFolder } from "./manifest-file.ts";

/** More than anybody scrolls through. */
const MOST_FOLDERS = 1000;

/**
 * The folders inside `folder`, for choosing one; links to folders count.
 *
 * @throws AppError `folder.unreadable`
 */
export async function listFolders(folder: string | null, homeFolder: string): Promise<FolderListing> {
  const here = expandHome(folder ?? "~", homeFolder);
  const entries = await readdir(here, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadableFolder(here, "does not exist or cannot be read", error);
  });
  const visible = entries.filter(({ name }) => !name.startsWith("."));
  const isFolder = await Promise.all(visible.map((entry) => leadsToFolder(here, entry)));
  const names = visible
    .filter((_entry, index) => isFolder[index])
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b))
    .slice(0, MOST_FOLDERS);
  const parent = dirname(here);
  return {
    folder: here,
    parent: parent === here ? null : parent,
    folders: await Promise.all(
      names.map(async (name) => ({ name, hasManifest: await exists(join(here, name, MANIFEST_FILE)) })),
    ),
    hasManifest: await exists(join(here, MANIFEST_FILE)),
  };
}

async function leadsToFolder(parent: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return stat(join(parent, entry.name)).then(
    (stats) => stats.isDirectory(),
    // A link that leads nowhere is nothing to choose.
    () => false,
  );
}
