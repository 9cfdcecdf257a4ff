/**
 * The part of a JSON value whose names or values hold the text, with everything above it; undefined when there is
 * none. What stands below a name that holds it stays whole.
 */
export function searchJson(value: unknown, text: string): unknown {
  const wanted = text.trim().toLowerCase();
  return wanted === "" ? value : keep(value, wanted);
}

function keep(value: unknown, wanted: string): unknown {
  if (Array.isArray(value)) {
    const kept = value.map((item: unknown) => keep(item, wanted)).filter((item) => item !== undefined);
    return kept.length === 0 ? undefined : kept;
  }
  if (value !== null && typeof value === "object") {
    const kept = Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
      const part = name.toLowerCase().includes(wanted) ? item : keep(item, wanted);
      return part === undefined ? [] : [[name, part] as const];
    });
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  }
  return String(value).toLowerCase().includes(wanted) ? value : undefined;
}
