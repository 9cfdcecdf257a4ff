const ISO =
  /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?/;
/** Seconds, milliseconds, microseconds and nanoseconds since 1970, told apart by their size. */
const YEAR_2001_S = 1_000_000_000;

/** A time in milliseconds since the epoch; null for what is none. A time without a zone is taken as UTC. */
export function timeOf(value: string | number): number | null {
  if (typeof value === "number") return epochOf(value);
  const found = findTime(value);
  if (found !== null && found.length === value.trimEnd().length) return found.atMs;
  return /^\d{10,19}(\.\d+)?$/.test(value) ? epochOf(Number(value)) : null;
}

/** The time at the beginning of a text, and how many characters it takes. */
export function findTime(text: string): { atMs: number; length: number } | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [whole, year, month, day, hour, minute, second = "0", fraction = "", zone = "Z"] = match;
  const atMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, "0").slice(0, 3)),
  );
  if (Number.isNaN(atMs) || Number(month) > 12 || Number(day) > 31 || Number(hour) > 24) return null;
  return { atMs: atMs - zoneMinutes(zone) * 60_000, length: whole.trimEnd().length };
}

function zoneMinutes(zone: string): number {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2)) * (zone.length > 3 ? 1 : 0);
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function epochOf(value: number): number | null {
  if (!Number.isFinite(value) || value < YEAR_2001_S) return null;
  let ms = value;
  if (value < YEAR_2001_S * 100) ms = value * 1_000;
  else if (value >= YEAR_2001_S * 1e8) ms = value / 1e6;
  else if (value >= YEAR_2001_S * 1e5) ms = value / 1_000;
  return Math.round(ms);
}
