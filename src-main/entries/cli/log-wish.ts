import { AppError } from "#contract/errors.ts";
import { type FindLines, LOG_LEVELS, type LogLevel, type LogLine, logLevelSchema } from "#contract/log.ts";
import { compileLinePattern } from "#core/line-pattern/line-pattern.ts";
import { levelOfWord } from "#core/log-line/level-word.ts";
import { findTime } from "#core/log-line/line-time.ts";
import { fieldOf } from "#core/log-line/understand-line.ts";
import { parseDuration } from "#core/units.ts";
import type { Call, Flag } from "./command.ts";

/** Flags that say which lines of a log are wanted. */
export const WISH_FLAGS: readonly Flag[] = [
  { name: "grep", value: "TEXT", summary: "Only lines that hold this text, exactly as written" },
  { name: "regex", value: "PATTERN", summary: "Only lines that fit this regular expression" },
  { name: "level", value: "LEVEL", summary: "Only lines of this level or above", completion: LOG_LEVELS },
  {
    name: "since",
    value: "TIME",
    summary: "Only lines from this time on: 2026-01-02T15:04:05Z, or 10m for ten minutes ago",
  },
  { name: "until", value: "TIME", summary: "Only lines before this time" },
  { name: "field", value: "NAME=VALUE", summary: "Only lines in which this field has this value" },
];

/** Which lines are wanted. */
export interface LineWish {
  readonly isEverything: boolean;
  /** As a search of the core. */
  readonly find: Pick<FindLines, "text" | "isRegex" | "levels" | "fields" | "sinceMs" | "untilMs">;
  /** Whether a line that came with its details fits. */
  fits(line: LogLine): boolean;
}

/** @throws AppError `usage.invalid` */
export function readLineWish(call: Call): LineWish {
  const given = WISH_FLAGS.map(({ name }) => name).filter((name) => call.has(name));
  if (call.has("grep") && call.has("regex"))
    throw usage("--regex", "cannot be used with --grep", "one of the two");
  const level = levelOf(call.text("level"));
  const field = fieldWish(call.text("field"));
  const sinceMs = timeOf(call, "since");
  const untilMs = timeOf(call, "until");
  const levels = level === null ? undefined : LOG_LEVELS.slice(LOG_LEVELS.indexOf(level));
  const text = call.text("grep");
  const pattern = call.has("regex")
    ? compileLinePattern(call.text("regex"), { isCaseSensitive: true })
    : null;
  const find = {
    text: pattern === null ? text : call.text("regex"),
    isRegex: pattern !== null,
    levels,
    fields: field === null ? undefined : [field],
    sinceMs,
    untilMs,
  };
  const isInTime = ({ atMs }: LogLine) =>
    (sinceMs === undefined || atMs >= sinceMs) && (untilMs === undefined || atMs < untilMs);
  const fits = (line: LogLine) => {
    const { details } = line;
    if (!isInTime(line)) return false;
    if (levels !== undefined && (details?.level == null || !levels.includes(details.level))) return false;
    if (field !== null && (details === undefined || fieldOf(details, field.name) !== field.value))
      return false;
    if (pattern !== null) return pattern.findLine(Buffer.from(`${line.text}\n`), 0) !== -1;
    return line.text.includes(text);
  };
  return { isEverything: given.length === 0, find, fits };
}

function levelOf(text: string): LogLevel | null {
  if (text === "") return null;
  const known = logLevelSchema.safeParse(levelOfWord(text));
  if (known.success) return known.data;
  throw usage("--level", `is ${text}`, LOG_LEVELS.join(", "));
}

function fieldWish(text: string): { name: string; value: string } | null {
  if (text === "") return null;
  const at = text.indexOf("=");
  if (at < 1) throw usage("--field", `is ${text}`, "NAME=VALUE");
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

function timeOf({ clock, text }: Call, flag: "since" | "until"): number | undefined {
  const value = text(flag);
  if (value === "") return undefined;
  const time = findTime(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00` : value);
  if (time !== null) return time.atMs;
  const agoMs = parseDuration(value);
  if (agoMs !== null) return clock.nowMs() - agoMs;
  throw usage(
    `--${flag}`,
    `is ${value}`,
    "a time such as 2026-01-02T15:04:05Z, or how long ago, such as 10m",
  );
}

function usage(argument: string, problem: string, expected: string): AppError {
  return new AppError("usage.invalid", `${argument} ${problem}; expected ${expected}`, {
    details: { argument, problem, expected },
  });
}
