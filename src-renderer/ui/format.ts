import type { Language } from "../locales/index.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const JUST_NOW_MS = 5 * SECOND_MS;

const DURATION_UNITS = {
  en: { ms: "ms", s: "s", m: "m", h: "h", d: "d" },
  ru: { ms: "мс", s: "с", m: "м", h: "ч", d: "д" },
} as const satisfies Record<Language, Record<string, string>>;

const BYTE_UNITS = {
  en: ["B", "KiB", "MiB", "GiB", "TiB"],
  ru: ["Б", "КиБ", "МиБ", "ГиБ", "ТиБ"],
} as const satisfies Record<Language, readonly string[]>;

const JUST_NOW = { en: "just now", ru: "только что" } as const satisfies Record<Language, string>;

/** Joins a number and its unit so that no line breaks between them. */
const JOIN = "\u00a0";

/** How numbers, times and sizes are written in one language. All times are milliseconds since the epoch. */
export interface Format {
  /** `3 minutes ago`, `in 5 seconds`; the date beyond a week. */
  relative(atMs: number, nowMs: number): string;
  /** Date and time to the second, for the hover and for copying. */
  exact(atMs: number): string;
  /** Time of day to the second. */
  timeOfDay(atMs: number): string;
  /** `1 m 12 s`: the two largest units; tenths of a second below ten seconds. */
  duration(durationMs: number): string;
  /** Binary units: `1.5 MiB`. */
  bytes(sizeBytes: number): string;
  number(value: number, maxDigits?: number): string;
}

export function createFormat(language: Language): Format {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "always", style: "short" });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  const timeOfDay = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const units = DURATION_UNITS[language];

  function number(value: number, maxDigits = 0): string {
    return new Intl.NumberFormat(language, { maximumFractionDigits: maxDigits }).format(value);
  }
  function pair(first: [number, string], second: [number, string]): string {
    const largest = `${first[0]}${JOIN}${first[1]}`;
    return second[0] === 0 ? largest : `${largest} ${second[0]}${JOIN}${second[1]}`;
  }

  return {
    number,
    exact: (atMs) => exact.format(atMs),
    timeOfDay: (atMs) => timeOfDay.format(atMs),
    relative(atMs, nowMs) {
      const delta = atMs - nowMs;
      const distance = Math.abs(delta);
      if (distance < JUST_NOW_MS) return JUST_NOW[language];
      if (distance < MINUTE_MS) return relative.format(Math.trunc(delta / SECOND_MS), "second");
      if (distance < HOUR_MS) return relative.format(Math.trunc(delta / MINUTE_MS), "minute");
      if (distance < DAY_MS) return relative.format(Math.trunc(delta / HOUR_MS), "hour");
      if (distance < WEEK_MS) return relative.format(Math.trunc(delta / DAY_MS), "day");
      return date.format(atMs);
    },
    duration(durationMs) {
      const ms = Math.max(0, durationMs);
      if (ms < SECOND_MS) return `${Math.round(ms)}${JOIN}${units.ms}`;
      if (ms < 10 * SECOND_MS) return `${number(Math.floor(ms / 100) / 10, 1)}${JOIN}${units.s}`;
      const seconds = Math.floor(ms / SECOND_MS);
      if (ms < MINUTE_MS) return `${seconds}${JOIN}${units.s}`;
      if (ms < HOUR_MS) return pair([Math.floor(seconds / 60), units.m], [seconds % 60, units.s]);
      const minutes = Math.floor(ms / MINUTE_MS);
      if (ms < DAY_MS) return pair([Math.floor(minutes / 60), units.h], [minutes % 60, units.m]);
      const hours = Math.floor(ms / HOUR_MS);
      return pair([Math.floor(hours / 24), units.d], [hours % 24, units.h]);
    },
    bytes(sizeBytes) {
      const names = BYTE_UNITS[language];
      const exponent =
        sizeBytes < 1 ? 0 : Math.min(names.length - 1, Math.floor(Math.log2(sizeBytes) / 10 + 1e-9));
      const value = sizeBytes / 1024 ** exponent;
      const digits = exponent === 0 || value >= 100 ? 0 : 1;
      return `${number(value, digits)}${JOIN}${names[exponent] ?? ""}`;
    },
  };
}
