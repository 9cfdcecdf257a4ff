export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** A line that is a JSON object, taken apart for showing. */
export interface JsonLine {
  readonly timestampMs: number | null;
  readonly level: LogLevel | null;
  readonly message: string | null;
  /** Everything else, in the line's order; values as compact JSON, strings bare. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly record: Readonly<Record<string, unknown>>;
}

const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ["trace", "trace"],
  ["verbose", "debug"],
  ["debug", "debug"],
  ["info", "info"],
  ["information", "info"],
  ["notice", "info"],
  ["warn", "warn"],
  ["warning", "warn"],
  ["err", "error"],
  ["error", "error"],
  ["fatal", "fatal"],
  ["critical", "fatal"],
  ["panic", "fatal"],
  ["emergency", "fatal"],
  ["10", "trace"],
  ["20", "debug"],
  ["30", "info"],
  ["40", "warn"],
  ["50", "error"],
  ["60", "fatal"],
]);

const TIME_KEYS = ["timestamp", "time", "ts", "@timestamp", "datetime"];
const LEVEL_KEYS = ["level", "severity", "levelname", "lvl", "log.level"];
const MESSAGE_KEYS = ["message", "msg", "event", "text"];

/** What a line says in one row: the message of a JSON object that has one, otherwise the line as it is. */
export function messageOfLine(text: string): string {
  return parseJsonLine(text)?.message ?? text;
}

/** Takes a JSON object line apart; null for anything else, also for objects that name nothing a log names. */
export function parseJsonLine(text: string): JsonLine | null {
  const record = parseObject(text);
  if (record === null) return null;
  const timeKey = TIME_KEYS.find((key) => timeOf(record[key]) !== null);
  const levelKey = LEVEL_KEYS.find((key) => levelOf(record[key]) !== null);
  const messageKey = MESSAGE_KEYS.find((key) => typeof record[key] === "string");
  if (levelKey === undefined && messageKey === undefined) return null;
  const known = new Set([timeKey, levelKey, messageKey]);
  return {
    timestampMs: timeKey === undefined ? null : timeOf(record[timeKey]),
    level: levelKey === undefined ? null : levelOf(record[levelKey]),
    message: messageKey === undefined ? null : String(record[messageKey]),
    fields: Object.entries(record)
      .filter(([name]) => !known.has(name))
      .map(([name, value]) => ({ name, value: typeof value === "string" ? value : JSON.stringify(value) })),
    record,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) return null;
  try {
    const value: unknown = JSON.parse(trimmed);
    return isRecord(value) ? value : null;
  } catch {
    // Not JSON after all: the line is shown as it is.
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function levelOf(value: unknown): LogLevel | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  return LEVELS.get(String(value).toLowerCase()) ?? null;
}

const YEAR_2000_S = 946_684_800;
const YEAR_2100_S = 4_102_444_800;

function timeOf(value: unknown): number | null {
  if (typeof value === "string") {
    const parsed = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(parsed) ? null : parsed;
  }
  if (typeof value !== "number") return null;
  if (value >= YEAR_2000_S && value < YEAR_2100_S) return value * 1000;
  return value >= YEAR_2000_S * 1000 && value < YEAR_2100_S * 1000 ? value : null;
}
