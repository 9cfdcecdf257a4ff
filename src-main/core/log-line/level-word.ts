import { LOG_LEVELS, type LogLevel } from "#contract/log.ts";

/** Words of other systems for each level, lower case. `level-scan.ts` looks for all of them. */
export const LEVEL_WORDS: Readonly<Record<LogLevel, readonly string[]>> = {
  trace: ["trace", "trc", "verbose", "finest", "finer"],
  debug: ["debug", "dbg", "fine"],
  info: ["info", "information", "inf", "notice"],
  warn: ["warn", "warning", "wrn"],
  error: ["error", "err", "severe"],
  fatal: ["fatal", "critical", "crit", "panic", "emerg", "emergency", "alert", "ftl"],
};

const LEVEL_OF = new Map(LOG_LEVELS.flatMap((level) => LEVEL_WORDS[level].map((word) => [word, level])));
const LONGEST_WORD = 12;

/** The level a word means; null for any other word. */
export function levelOfWord(word: string): LogLevel | null {
  return word.length > LONGEST_WORD ? null : (LEVEL_OF.get(word.toLowerCase()) ?? null);
}

/** The level a number means, counted in tens as JSON loggers do: 10 trace to 60 fatal. */
export function levelOfNumber(value: number): LogLevel | null {
  return value >= 10 && value < 70 ? (LOG_LEVELS[Math.floor(value / 10) - 1] ?? null) : null;
}

const LETTERS: Readonly<Record<string, LogLevel>> = { I: "info", W: "warn", E: "error", F: "fatal" };

/** The level of a line that begins with its letter and the date, e.g. `E0102`. */
export function levelOfLetter(letter: string): LogLevel | null {
  return LETTERS[letter] ?? null;
}

/** Bit n stands for level n of `LOG_LEVELS`. */
export function bitOf(level: LogLevel): number {
  return 1 << LOG_LEVELS.indexOf(level);
}

export function bitsOf(levels: readonly LogLevel[]): number {
  return levels.reduce((bits, level) => bits | bitOf(level), 0);
}

export function levelsOf(bits: number): LogLevel[] {
  return LOG_LEVELS.filter((level) => (bits & bitOf(level)) !== 0);
}
