// biome-ignore-all lint/a11y/useSemanticElements: rows are placed by the virtual list, which table elements forbid
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, not their cells
import { Checkbox } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./data-table.module.css";
import {
  groupRows,
  nextSort,
  rowAfterKey,
  type SortValue,
  sortRows,
  type TableItem,
  type TableSort,
} from "./table-rows.ts";

export interface Column<T> {
  readonly key: string;
  readonly header: string;
  /** A CSS grid track, e.g. `minmax(120px, 2fr)` or `96px`. */
  readonly width: string;
  readonly render: (row: T) => ReactNode;
  /** Makes the column sortable. */
  readonly sortValue?: (row: T) => SortValue;
  readonly beginsDescending?: boolean;
  readonly align?: "end";
}

export interface TableSelection {
  readonly keys: ReadonlySet<string>;
  readonly onChange: (keys: ReadonlySet<string>) => void;
}

/** Rows under headings that fold; sorting works inside the groups. */
export interface TableGroups<T> {
  /** Name of the row's group; empty for none. */
  readonly groupOf: (row: T) => string;
  readonly render: (group: string, rows: readonly T[]) => ReactNode;
}

export interface DataTableProps<T> {
  /** Names the table for people who do not see it. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  /** What a row is called, for its checkbox. */
  readonly rowName?: (row: T) => string;
  /** Enter or a click opens the row. */
  readonly onOpen?: (row: T) => void;
  readonly selection?: TableSelection;
  readonly groups?: TableGroups<T>;
  readonly initialSort?: TableSort;
  /** Row that is shown beside the list. */
  readonly activeKey?: string;
  /** Takes the height of its rows up to its parent's; otherwise the table scrolls inside its parent. */
  readonly isFitting?: boolean;
  /** Shown in place of rows. */
  readonly empty?: ReactNode;
}

const ROW_HEIGHT_PX = { compact: 32, comfortable: 40 } as const;

function rowHeight(): number {
  return document.documentElement.dataset["density"] === "comfortable"
    ? ROW_HEIGHT_PX.comfortable
    : ROW_HEIGHT_PX.compact;
}

/** A click on something inside a row that acts by itself is not a click on the row. */
function isOwnControl(event: MouseEvent | KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof Element)) return false;
  return target.closest("button, a, input, label, [role=menu]") !== null;
}

function useSorted<T>(props: DataTableProps<T>) {
  const [sort, setSort] = useState<TableSort | null>(props.initialSort ?? null);
  const column = props.columns.find((each) => each.key === sort?.column);
  const sortValueOf = column?.sortValue;
  const sorted = useMemo(
    () =>
      sortValueOf === undefined ? props.rows : sortRows(props.rows, sortValueOf, sort?.isDescending === true),
    [props.rows, sortValueOf, sort?.isDescending],
  );
  return { sort, setSort, sorted };
}

function useItems<T>({ groups, rowKey }: DataTableProps<T>, sorted: readonly T[]) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const groupOf = groups?.groupOf;
  const items = useMemo(
    () => groupRows(sorted, { rowKey, groupOf: groupOf ?? (() => ""), folded }),
    [sorted, rowKey, groupOf, folded],
  );
  function toggleFold(group: string): void {
    const next = new Set(folded);
    if (!next.delete(group)) next.add(group);
    setFolded(next);
  }
  return { items, folded, toggleFold };
}

/**
 * A table with the keyboard in mind: arrows, Home, End and Page keys move between rows, Enter opens, Space
 * selects. Only the rows in view are in the document, so its length does not matter.
 */
export function DataTable<T>(props: DataTableProps<T>) {
  const { columns, rowKey, onOpen, selection } = props;
  const { t } = useTranslation();
  const { sort, setSort, sorted } = useSorted(props);
  const { items, folded, toggleFold } = useItems(props, sorted);
  const [focusedKey, setFocusedKey] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: rowHeight,
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 12,
  });

  const focusedIndex = Math.max(
    0,
    items.findIndex((item) => item.key === focusedKey),
  );
  const template = [selection === undefined ? "" : "36px", ...columns.map((column) => column.width)].join(
    " ",
  );

  function toggle(item: TableItem<T>): void {
    if (selection === undefined) return;
    const own = item.kind === "row" ? [item.key] : item.rows.map(rowKey);
    const isWhole = own.every((key) => selection.keys.has(key));
    const keys = new Set(selection.keys);
    for (const key of own) {
      if (isWhole) keys.delete(key);
      else keys.add(key);
    }
    selection.onChange(keys);
  }
  function open(item: TableItem<T>): void {
    if (item.kind === "group") toggleFold(item.group);
    else onOpen?.(item.row);
  }
  function focusRow(index: number): void {
    const item = items[index];
    if (item === undefined) return;
    const findRow = () => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`) ?? null;
    const row = findRow();
    setFocusedKey(item.key);
    virtual.scrollToIndex(index);
    // At once where it can be, so that the next key acts on this row however fast it follows.
    if (row !== null) row.focus({ preventScroll: true });
    else requestAnimationFrame(() => findRow()?.focus({ preventScroll: true }));
  }
  function onRowKey(event: KeyboardEvent, item: TableItem<T>, index: number): void {
    if (isOwnControl(event)) return;
    const to = rowAfterKey(event.key, index, items.length);
    if (to !== null) focusRow(to);
    else if (event.key === "Enter") open(item);
    else if (event.key === " " && selection !== undefined) toggle(item);
    else return;
    event.preventDefault();
  }

  return (
    <div className={classes.frame} data-fitting={props.isFitting || undefined}>
      <div
        ref={scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={items.length + 1}
        aria-multiselectable={selection !== undefined || undefined}
        className={classes.scroller}
      >
        <div role="row" aria-rowindex={1} className={classes.head} style={{ gridTemplateColumns: template }}>
          {selection !== undefined && (
            <div role="columnheader" className={classes.cell}>
              <Checkbox
                size="xs"
                aria-label={t("table.selectAll")}
                checked={sorted.length > 0 && sorted.every((row) => selection.keys.has(rowKey(row)))}
                indeterminate={
                  selection.keys.size > 0 && !sorted.every((row) => selection.keys.has(rowKey(row)))
                }
                onChange={(event) =>
                  selection.onChange(new Set(event.currentTarget.checked ? sorted.map(rowKey) : []))
                }
              />
            </div>
          )}
          {columns.map((column) => (
            <HeadCell
              key={column.key}
              column={column}
              sort={sort}
              onSort={() => setSort(nextSort(sort, column.key, column.beginsDescending === true))}
            />
          ))}
        </div>
        {sorted.length === 0 && props.empty !== undefined && (
          <div role="row">
            <div role="gridcell">{props.empty}</div>
          </div>
        )}
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const item = items[index];
            if (item === undefined) return null;
            return (
              <TableRow
                key={item.key}
                table={props}
                item={item}
                place={{ index, start, template }}
                isFolded={item.kind === "group" && folded.has(item.group)}
                isTabStop={index === focusedIndex}
                onFocus={() => setFocusedKey(item.key)}
                onOpen={() => open(item)}
                onToggle={() => toggle(item)}
                onKey={(event) => onRowKey(event, item, index)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface TableRowProps<T> {
  readonly table: DataTableProps<T>;
  readonly item: TableItem<T>;
  readonly place: { readonly index: number; readonly start: number; readonly template: string };
  readonly isFolded: boolean;
  readonly isTabStop: boolean;
  readonly onFocus: () => void;
  readonly onOpen: () => void;
  readonly onToggle: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

function TableRow<T>({ table, item, place, isFolded, isTabStop, ...on }: TableRowProps<T>) {
  const isGroup = item.kind === "group";
  const isSelected = !isGroup && table.selection?.keys.has(item.key) === true;
  return (
    <div
      role="row"
      aria-rowindex={place.index + 2}
      aria-selected={table.selection === undefined || isGroup ? undefined : isSelected}
      aria-expanded={isGroup ? !isFolded : undefined}
      data-index={place.index}
      data-key={item.key}
      data-group={isGroup || undefined}
      data-selected={isSelected || item.key === table.activeKey || undefined}
      data-openable={isGroup || table.onOpen !== undefined || undefined}
      tabIndex={isTabStop ? 0 : -1}
      className={classes.row}
      style={{
        gridTemplateColumns: isGroup ? "minmax(0, 1fr)" : place.template,
        transform: `translateY(${place.start}px)`,
      }}
      onFocus={on.onFocus}
      onClick={(event) => {
        if (!isOwnControl(event)) on.onOpen();
      }}
      onKeyDown={on.onKey}
    >
      {isGroup ? (
        <div role="gridcell" aria-colspan={table.columns.length + 1} className={classes.cell}>
          {isFolded ? <IconChevronRight size={14} /> : <IconChevronDown size={14} />}
          {table.groups?.render(item.group, item.rows)}
        </div>
      ) : (
        <RowCells table={table} row={item.row} isSelected={isSelected} onToggle={on.onToggle} />
      )}
    </div>
  );
}

interface RowCellsProps<T> {
  readonly table: DataTableProps<T>;
  readonly row: T;
  readonly isSelected: boolean;
  readonly onToggle: () => void;
}

function RowCells<T>({ table, row, isSelected, onToggle }: RowCellsProps<T>) {
  const { t } = useTranslation();
  const { columns, rowKey, rowName, selection } = table;
  return (
    <>
      {selection !== undefined && (
        <div role="gridcell" className={classes.cell}>
          <Checkbox
            size="xs"
            tabIndex={-1}
            aria-label={t("table.selectRow", { row: rowName?.(row) ?? rowKey(row) })}
            checked={isSelected}
            onChange={onToggle}
          />
        </div>
      )}
      {columns.map((column) => (
        <div key={column.key} role="gridcell" className={classes.cell} data-align={column.align}>
          {column.render(row)}
        </div>
      ))}
    </>
  );
}

interface HeadCellProps<T> {
  readonly column: Column<T>;
  readonly sort: TableSort | null;
  readonly onSort: () => void;
}

function HeadCell<T>({ column, sort, onSort }: HeadCellProps<T>) {
  const { t } = useTranslation();
  if (column.sortValue === undefined) {
    return (
      <div role="columnheader" className={classes.cell} data-align={column.align}>
        {column.header}
      </div>
    );
  }
  const isSorted = sort?.column === column.key;
  const direction = sort?.isDescending === true ? "descending" : "ascending";
  return (
    <div
      role="columnheader"
      className={classes.cell}
      data-align={column.align}
      aria-sort={isSorted ? direction : "none"}
    >
      <button
        type="button"
        className={classes.sort}
        title={t("table.sortBy", { column: column.header })}
        onClick={onSort}
      >
        {column.header}
        <span aria-hidden="true" className={classes.arrow} data-shown={isSorted || undefined}>
          {direction === "descending" ? "↓" : "↑"}
        </span>
      </button>
    </div>
  );
}
