import type { CredentialKind, ImportEnv } from "./credential.ts";
import { credentialNameSchema } from "./credential.ts";

/** How variables of a `.env` file become credentials: one each, or fields of a single one. */
export type ImportShape = "each" | "together";

/** Kind of the credentials an import makes. */
export const SHAPE_KINDS: Readonly<Record<ImportShape, CredentialKind>> = { each: "token", together: "free" };

const LONGEST_NAME = 63;

/** `OPENAI_API_KEY` as the name of a credential: `openai-api-key`. */
export function credentialNameOf(variable: string): string {
  const name = variable
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return name === "" ? "imported" : name.slice(0, LONGEST_NAME);
}

/** A variable's name as the name of a field, which begins with a letter. */
export function fieldNameOf(variable: string): string {
  const name = variable.replace(/[^A-Za-z0-9_-]/g, "_").replace(/^[^A-Za-z]+/, "");
  return name === "" ? "value" : name.slice(0, LONGEST_NAME);
}

export interface PlannedImport {
  readonly take: ImportEnv["take"];
  /** Credentials that are there already and would get a new value. */
  readonly replaced: readonly string[];
}

/** What an import would do; null when a name does not do. */
export function planImport(
  variables: readonly string[],
  shape: { readonly shape: ImportShape; readonly name: string },
  existing: ReadonlySet<string>,
): PlannedImport | null {
  const take: ImportEnv["take"] = [];
  const used = new Set<string>();
  for (const variable of variables) {
    const wanted = shape.shape === "each" ? credentialNameOf(variable) : shape.name;
    const field = shape.shape === "each" ? "token" : unused(fieldNameOf(variable), used);
    const name = credentialNameSchema.safeParse(shape.shape === "each" ? unused(wanted, used) : wanted);
    if (!name.success) return null;
    take.push({ variable, name: name.data, field });
  }
  const names = new Set(take.map((each) => each.name as string));
  return { take, replaced: [...names].filter((name) => existing.has(name)) };
}

/** The name, with a number behind it when two variables would share it. */
function unused(name: string, used: Set<string>): string {
  let free = name;
  for (let count = 2; used.has(free); count += 1) free = `${name.slice(0, LONGEST_NAME - 4)}-${count}`;
  used.add(free);
  return free;
}
