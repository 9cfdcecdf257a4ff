const SIZE_UNITS = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
const DURATION_UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The longest duration a manifest may name: a year. Longer than any timer of a computer needs. */
export const LONGEST_DURATION_MS = 365 * DURATION_UNITS.d;

/** Shortest and longest wait of a back-off. */
export interface BackoffRange {
  readonly minMs: number;
  readonly maxMs: number;
}

/** Bytes of a size such as `256MiB`, rounded to whole ones; null when it is none or beyond exact numbers. */
export function parseSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s?(B|KiB|MiB|GiB)$/.exec(text);
  if (match === null) return null;
  const bytes = Math.round(Number(match[1]) * SIZE_UNITS[match[2] as keyof typeof SIZE_UNITS]);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Milliseconds of a duration such as `15m`, rounded to whole ones; null when it is none or beyond exact numbers. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (match === null) return null;
  const durationMs = Math.round(Number(match[1]) * DURATION_UNITS[match[2] as keyof typeof DURATION_UNITS]);
  return Number.isSafeInteger(durationMs) ? durationMs : null;
}

/** The two waits of a back-off such as `5s..1m`, as written; null when it is none. Does not compare them. */
export function parseBackoff(text: string): BackoffRange | null {
  const [shortest, longest, ...rest] = text.split("..");
  if (shortest === undefined || longest === undefined || rest.length > 0) return null;
  const minMs = parseDuration(shortest);
  const maxMs = parseDuration(longest);
  return minMs === null || maxMs === null ? null : { minMs, maxMs };
}

/** A size for people, in the largest unit that leaves at least 1: `256 MiB`, `1.5 GiB`. */
export function formatSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
  let value = bytes;
  let unit = 0;
  // 1023.95 is already written as 1024.0 with one decimal.
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1).replace(/\.0$/, "")} ${units[unit] ?? "B"}`;
}

/** A duration for people, its two largest units: `250 ms`, `1.5 s`, `2 m 5 s`, `4 h`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 10_000) return `${Number((durationMs / 1000).toFixed(1))} s`;
  const seconds = Math.round(durationMs / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
