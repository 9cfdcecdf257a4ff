export const TIME_COLUMNS = ["none", "relative", "absolute"] as const;
export type TimeColumn = (typeof TIME_COLUMNS)[number];

/** `14:03:07.042` of the reader's own day, or `+1:02:03.042` since `originMs`. */
export function formatLineTime(atMs: number, column: Exclude<TimeColumn, "none">, originMs: number): string {
  if (column === "relative") return formatOffset(atMs - originMs);
  const at = new Date(atMs);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${three(at.getMilliseconds())}`;
}

/** `2026-01-31 14:03:07.042` of the reader's own clock. */
export function formatLineTimeInFull(atMs: number): string {
  const at = new Date(atMs);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${formatLineTime(atMs, "absolute", 0)}`;
}

function formatOffset(offsetMs: number): string {
  const sign = offsetMs < 0 ? "−" : "+";
  const total = Math.abs(Math.round(offsetMs));
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor(total / 60_000) % 60;
  const seconds = Math.floor(total / 1000) % 60;
  const head = hours > 0 ? `${hours}:${two(minutes)}` : `${minutes}`;
  return `${sign}${head}:${two(seconds)}.${three(total % 1000)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function three(value: number): string {
  return String(value).padStart(3, "0");
}
