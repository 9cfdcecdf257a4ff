import type { ReactNode } from "react";
import type { ViewLine } from "./log-source.ts";

/** Things that happened during a run and are shown at their place in its log, such as screenshots. */
export interface Attachments {
  /** Oldest first. */
  readonly items: readonly { readonly id: string; readonly atMs: number }[];
  readonly render: (id: string) => ReactNode;
}

interface Around {
  readonly lineCount: number;
  /** The last row that is shown together with a row. */
  readonly endOf: (row: number) => number;
  readonly lineAt: (row: number) => ViewLine | undefined;
}

/** What stands below a row: what happened behind its line and before the next one; below the first also what was before. */
export function attachmentsAt({ items, render }: Attachments, row: number, around: Around): ReactNode {
  const own = idsAt(items, row, around);
  return own.length === 0 ? null : own.map(render);
}

export function idsAt(
  items: Attachments["items"],
  row: number,
  { lineCount, lineAt, endOf }: Around,
): string[] {
  const line = lineAt(row);
  const end = endOf(row);
  const next = end === lineCount ? Number.POSITIVE_INFINITY : lineAt(end + 1)?.atMs;
  // Where the next line is not known yet, the place is not either.
  if (line === undefined || next === undefined) return [];
  const from = row === 1 ? Number.NEGATIVE_INFINITY : line.atMs;
  return items.filter(({ atMs }) => atMs >= from && atMs < next).map(({ id }) => id);
}
