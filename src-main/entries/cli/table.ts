import { stripVTControlCharacters } from "node:util";
import { visibleText } from "#core/visible-text.ts";

const GAP = "  ";

/** Rows in columns as wide as their widest cell; the last column runs free. */
export function table(given: readonly (readonly string[])[]): string {
  // A name or a path of somebody's making must neither act nor break its row.
  const rows = given.map((row) => row.map((cell) => visibleText(cell, "kept")));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
        .join(GAP)
        .trimEnd(),
    )
    .join("\n");
}

/** Columns a text takes on a terminal, near enough: colours take none. */
function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
