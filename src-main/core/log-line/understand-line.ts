import type { LineDetails } from "#contract/log.ts";
import { understandJson } from "./json-line.ts";
import { understandLogfmt } from "./logfmt-line.ts";
import { understandText } from "./text-line.ts";

/** What a line says about itself: JSON, logfmt, a common text format, or nothing. Never throws. */
export function understandLine(text: string): LineDetails {
  return (
    understandJson(text) ??
    understandLogfmt(text) ??
    understandText(text) ?? { format: "plain", atMs: null, level: null, message: text, fields: {} }
  );
}

/** The value of a field by the name a filter gives it; null when the line has no such field. */
export function fieldOf(details: LineDetails, name: string): string | null {
  if (Object.hasOwn(details.fields, name)) return details.fields[name] ?? null;
  if (name === "level") return details.level;
  return name === "message" ? details.message : null;
}
