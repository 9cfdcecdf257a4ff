import { LINE_FIELDS_LIMIT, type LineDetails } from "#contract/log.ts";
import { detailsOf, type FoundField } from "./common-fields.ts";

const DEPTH_LIMIT = 6;

/** A line that is one JSON object; null for any other. */
export function understandJson(text: string): LineDetails | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) return null;
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch {
    // It only looks like JSON; the other formats are tried.
    return null;
  }
  const found: FoundField[] = [];
  collect(value, { name: "", depth: 0 }, found);
  return detailsOf("json", { found, text });
}

function collect(value: unknown, at: { name: string; depth: number }, found: FoundField[]): void {
  // Three more than are kept, for time, level and message.
  if (found.length >= LINE_FIELDS_LIMIT + 3) return;
  if (typeof value === "number" || typeof value === "string") found.push([at.name, value]);
  else if (typeof value !== "object" || value === null) found.push([at.name, String(value)]);
  else if (Array.isArray(value) || at.depth >= DEPTH_LIMIT) found.push([at.name, JSON.stringify(value)]);
  else {
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, { name: at.name === "" ? key : `${at.name}.${key}`, depth: at.depth + 1 }, found);
    }
  }
}
