import { LINE_FIELDS_LIMIT, LINE_TEXT_LIMIT, type LineDetails, type LogLevel } from "#contract/log.ts";
import { levelOfNumber, levelOfWord } from "./level-word.ts";
import { timeOf } from "./line-time.ts";

const LEVEL_NAMES = ["level", "lvl", "severity", "levelname", "loglevel", "log.level", "@l"];
const TIME_NAMES = ["time", "ts", "timestamp", "@timestamp", "@t", "datetime", "date", "asctime"];
const MESSAGE_NAMES = ["msg", "message", "@m", "text", "event", "log"];

/** A field as it was found, numbers not yet turned into text. */
export type FoundField = readonly [name: string, value: string | number];

/** Takes time, level and message out of fields by their usual names; the rest stays as fields. */
export function detailsOf(
  format: LineDetails["format"],
  { found, text }: { found: readonly FoundField[]; text: string },
): LineDetails {
  const level = firstOf(found, LEVEL_NAMES, levelOfValue);
  const time = firstOf(found, TIME_NAMES, timeOf);
  const message = firstOf(found, MESSAGE_NAMES, (value) => (typeof value === "string" ? value : null));
  const taken = new Set([level?.name, time?.name, message?.name]);
  const rest = found.filter(([name]) => !taken.has(name)).slice(0, LINE_FIELDS_LIMIT);
  return {
    format,
    atMs: time?.value ?? null,
    level: level?.value ?? null,
    message: message?.value ?? text,
    fields: Object.fromEntries(rest.map(([name, value]) => [name, String(value).slice(0, LINE_TEXT_LIMIT)])),
  };
}

function firstOf<T>(
  found: readonly FoundField[],
  names: readonly string[],
  read: (value: string | number) => T | null,
): { name: string; value: T } | null {
  for (const name of names) {
    const field = found.find(([candidate]) => candidate.toLowerCase() === name);
    const value = field === undefined ? null : read(field[1]);
    if (field !== undefined && value !== null) return { name: field[0], value };
  }
  return null;
}

function levelOfValue(value: string | number): LogLevel | null {
  return typeof value === "number" ? levelOfNumber(value) : levelOfWord(value.trim());
}
