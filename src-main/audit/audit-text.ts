import type { AuditEntry } from "#contract/audit.ts";

const COLUMNS = [
  "seq",
  "time",
  "who",
  "door",
  "action",
  "subject",
  "outcome",
  "begunSeq",
  "details",
  "hash",
] as const;

/** One line of JSON, without its line end. */
export function auditJson(entry: AuditEntry): string {
  return JSON.stringify({ ...entry, time: new Date(entry.atMs).toISOString() });
}

export function auditCsvHead(): string {
  return COLUMNS.join(",");
}

/**
 * One row of CSV, without its line end. A cell that a spreadsheet would take for a formula begins with an
 * apostrophe, which makes it text there.
 */
export function auditCsv(entry: AuditEntry): string {
  const row = {
    ...entry,
    time: new Date(entry.atMs).toISOString(),
    begunSeq: entry.begunSeq ?? "",
    details: JSON.stringify(entry.details),
  };
  return COLUMNS.map((column) => cell(String(row[column]))).join(",");
}

function cell(text: string): string {
  const harmless = /^\s*[=+\-@]|^[\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n;]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
