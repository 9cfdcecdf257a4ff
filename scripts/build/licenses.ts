import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const listSchema = z.array(
  z.object({
    name: z.string(),
    version: z.string(),
    identifier: z.string().nullish(),
    text: z.string().nullish(),
  }),
);

/** For the bundler: the file in which it says whose code went into a bundle. */
export function licensesOf(bundle: string): { fileName: string } {
  return { fileName: `licenses-${bundle}.json` };
}

/** Takes what the bundler said out of a finished build, so that it is not put in place with the code. */
export async function keepLicenses(root: string, staging: string): Promise<void> {
  const folder = join(root, "dist", ".licenses");
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(staging)) {
    if (name.startsWith("licenses-")) await rename(join(staging, name), join(folder, name));
  }
}

/** A package whose code is part of a bundle. */
export type BuiltIn = z.infer<typeof listSchema>[number];

/** Every package that was built in, once each, by name. */
export async function listBuiltIn(root: string): Promise<readonly BuiltIn[]> {
  const folder = join(root, "dist", ".licenses");
  const found = new Map<string, BuiltIn>();
  for (const file of await readdir(folder)) {
    const list = listSchema.parse(JSON.parse(await readFile(join(folder, file), "utf8")));
    for (const each of list) found.set(`${each.name} ${each.version}`, each);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** The terms of everything that was built in, as they have to go along with a package. */
export async function renderLicenses(root: string): Promise<string> {
  const sections = (await listBuiltIn(root)).map(({ identifier, name, text, version }) =>
    `## ${name} ${version} (${identifier ?? "see below"})\n\n${text ?? ""}`.trim(),
  );
  return `# Packages that are part of Pilothouse\n\n${sections.join("\n\n")}\n`;
}
