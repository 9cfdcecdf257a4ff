/** Direction in which a table is sorted, and by which column. */
export interface TableSort {
  readonly column: string;
  readonly isDescending: boolean;
}

/** What a column gives to sort by. Null stands last, whichever the direction. */
export type SortValue = string | number | null;

/** First click ascending (or the column's own first direction), second click the other way. */
export function nextSort(current: TableSort | null, column: string, beginsDescending: boolean): TableSort {
  if (current?.column !== column) return { column, isDescending: beginsDescending };
  return { column, isDescending: !current.isDescending };
}

/** A sorted copy; equal values keep their order. */
export function sortRows<T>(
  rows: readonly T[],
  sortValueOf: (row: T) => SortValue,
  isDescending: boolean,
): readonly T[] {
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const compare = (a: SortValue, b: SortValue): number => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return collator.compare(String(a), String(b));
  };
  return rows.toSorted((first, second) => {
    const a = sortValueOf(first);
    const b = sortValueOf(second);
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return isDescending ? compare(b, a) : compare(a, b);
  });
}

/** Row the keyboard goes to; null when the key does not move. */
export function rowAfterKey(key: string, from: number, rowCount: number): number | null {
  if (rowCount === 0) return null;
  const pageRows = 10;
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + pageRows,
    PageUp: from - pageRows,
    Home: 0,
    End: rowCount - 1,
  };
  const to = moves[key];
  return to === undefined ? null : Math.min(rowCount - 1, Math.max(0, to));
}

/** What stands in a table with groups: the heading of a group, or a row. */
export type TableItem<T> =
  | { readonly kind: "group"; readonly key: string; readonly group: string; readonly rows: readonly T[] }
  | { readonly kind: "row"; readonly key: string; readonly row: T };

export interface Grouping<T> {
  readonly rowKey: (row: T) => string;
  /** Name of the row's group; empty for none. */
  readonly groupOf: (row: T) => string;
  readonly folded: ReadonlySet<string>;
}

/**
 * Rows under the headings of their groups, groups by name, rows without a group last. Rows keep their order
 * inside a group, those of a folded one are left out, and where there is no group there is no heading.
 */
export function groupRows<T>(rows: readonly T[], grouping: Grouping<T>): readonly TableItem<T>[] {
  const { folded, groupOf, rowKey } = grouping;
  const groups = Map.groupBy(rows, groupOf);
  const toItem = (row: T): TableItem<T> => ({ kind: "row", key: rowKey(row), row });
  const hasNames = [...groups.keys()].some((name) => name !== "");
  if (!hasNames) return rows.map(toItem);
  const names = [...groups.keys()].sort((a, b) => Number(a === "") - Number(b === "") || (a < b ? -1 : 1));
  return names.flatMap((group): TableItem<T>[] => {
    const own = groups.get(group) ?? [];
    const heading: TableItem<T> = { kind: "group", key: `group:${group}`, group, rows: own };
    return folded.has(group) ? [heading] : [heading, ...own.map(toItem)];
  });
}
