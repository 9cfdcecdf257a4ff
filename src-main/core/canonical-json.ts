/** A JSON value that holds nothing but plain data. */
export type PlainJson =
  | string
  | number
  | boolean
  | null
  | readonly PlainJson[]
  | { readonly [key: string]: PlainJson };

/** JSON with keys sorted by their code units and no white space, so that equal values have equal texts. */
export function canonicalJson(value: PlainJson): string {
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${entries.join(",")}}`;
}

function isList(value: PlainJson): value is readonly PlainJson[] {
  return Array.isArray(value);
}
