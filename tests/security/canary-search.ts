import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { secretForms } from "#core/masking/secret-forms.ts";

/** Files below a folder that hold a form of a value. */
export async function filesWith(folder: string, values: readonly string[]): Promise<readonly string[]> {
  const forms = secretForms(values).map(({ bytes }) => Buffer.from(bytes));
  const found: string[] = [];
  for await (const file of filesBelow(folder)) {
    // One that is gone by now holds nothing any more.
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    if (forms.some((form) => bytes.includes(form))) found.push(path.relative(folder, file));
  }
  return found.sort();
}

/** Works while runs end and folders go: Node's own recursive listing gives up at the first that is missing. */
export async function* filesBelow(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(file);
    else if (entry.isFile()) yield file;
  }
}

export function isIn(text: string, values: readonly string[]): boolean {
  const bytes = Buffer.from(text);
  return secretForms(values).some((form) => bytes.includes(Buffer.from(form.bytes)));
}

/** Processes whose environment holds the value, and whether each belongs to the run. */
export async function environmentsWith(
  value: string,
  runId: string,
): Promise<readonly { readonly pid: number; readonly isOfRun: boolean }[]> {
  const found: { pid: number; isOfRun: boolean }[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    // Ended meanwhile, or somebody else's.
    const environment = await readFile(`/proc/${name}/environ`, "utf8").catch(() => "");
    if (!environment.includes(value)) continue;
    found.push({ pid: Number(name), isOfRun: environment.includes(`PILOTHOUSE_RUN_ID=${runId}`) });
  }
  return found;
}

/** Files in the places where private files of runs lie while the runs go on. */
export async function privateFilesOf(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const runtime = environment["XDG_RUNTIME_DIR"] ?? "";
  const files = await Array.fromAsync(filesBelow(runtime));
  return files
    .map((file) => path.relative(runtime, file))
    .filter((file) => file.startsWith("pilothouse-secrets-"));
}

/** A step that is never reached is a failure, not a wait without end. */
const LIMIT_MS = 240_000;

export async function until(isReached: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (!(await isReached())) {
    if (performance.now() > endMs) throw new Error("what was waited for did not come about");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
