import { lineFrom } from "./line-number.ts";

/** Where a person wants to go: to a line, or to a time. */
export type JumpTarget = { readonly line: number } | { readonly atMs: number };

const TIME = /^(?:(\d{4})-(\d{2})-(\d{2})[ T])?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?$/;

/**
 * What was typed as a line or a time of the reader's own clock. A time without a day is one of the day of `dayMs`, or
 * the day before where it would lie behind it.
 */
export function jumpTargetOf(text: string, lineCount: number, dayMs: number): JumpTarget | null {
  const line = lineFrom(text, lineCount);
  if (line !== null) return { line };
  const match = TIME.exec(text.trim());
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = "0", fraction = ""] = match;
  const at = new Date(dayMs);
  if (year !== undefined) at.setFullYear(Number(year), Number(month) - 1, Number(day));
  at.setHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, "0")));
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || Number.isNaN(at.getTime()))
    return null;
  if (year === undefined && at.getTime() > dayMs) at.setDate(at.getDate() - 1);
  return { atMs: at.getTime() };
}
