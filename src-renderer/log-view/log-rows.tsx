import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { TimeCursor } from "../ui/index.ts";
import { type Attachments, attachmentsAt } from "./attachments.ts";
import { LineText } from "./line-text.tsx";
import { LogRow, OwnerMark, type RowOptions, StreamMark } from "./log-row.tsx";
import type { LogScroller } from "./log-scroller.ts";
import type { ViewPartial } from "./log-source.ts";
import css from "./log-view.module.css";
import type { LogViewStore } from "./log-view-store.ts";
import type { PickedLines } from "./picked-lines.ts";
import type { LongLines } from "./use-long-lines.ts";

interface LogRowsProps {
  readonly store: LogViewStore;
  readonly scroller: LogScroller;
  readonly rowsRef: RefObject<HTMLDivElement | null>;
  readonly options: RowOptions;
  readonly picked: PickedLines | null;
  readonly hitLine: number | null;
  readonly expanded: ReadonlySet<number>;
  readonly long: LongLines;
  readonly attachments: Attachments | null;
  readonly cursor: TimeCursor | null;
  /** Whether rows are counted as the lines of the log are. */
  readonly isNumbered: boolean;
}

/** The rendered rows of a log: stored lines, then the unfinished ones. One element per row, in order. */
export function LogRows(props: LogRowsProps) {
  const { store, scroller, rowsRef, options, picked, hitLine, expanded, long, attachments } = props;
  const { lineCount, partials, isFollowing, actions } = useStore(store);
  const inView = useSyncExternalStore(scroller.subscribe, scroller.inView);
  // Whatever was rendered, and for whatever reason, belongs where the scroller says.
  useLayoutEffect(() => scroller.place(inView));
  const { folds } = actions;
  const from = folds.rowAt(inView.start);
  const to = folds.rowAt(inView.end - 1);
  useEffect(() => actions.show(from, to), [actions, from, to]);
  usePointedRow(props, inView.start);
  const numberOf = (number: number) => (props.isNumbered ? number : null);
  const belowOf = (number: number) =>
    attachments === null
      ? null
      : attachmentsAt(attachments, number, {
          lineCount,
          lineAt: actions.lineAt,
          endOf: (row) => folds.endOf(row),
        });
  const rows: ReactNode[] = [];
  for (let index = inView.start; index < inView.end; index += 1) {
    const number = folds.rowAt(index);
    // While the log is followed rows change their text; a scrolled row keeps its element.
    const key = isFollowing ? index - inView.start : number;
    const partial = partials[number - lineCount - 1];
    const line = actions.lineAt(number);
    if (partial !== undefined && number > lineCount)
      rows.push(<PartialRow key={key} partial={partial} options={options} />);
    else if (line === undefined) rows.push(<MissingRow key={key} number={numberOf(number)} />);
    else
      rows.push(
        <LogRow
          key={key}
          line={line}
          options={options}
          isPicked={picked !== null && folds.endOf(number) >= picked.from && number <= picked.to}
          isHit={number === hitLine}
          isExpanded={expanded.has(number)}
          long={long.of(number)}
          below={belowOf(number)}
        />,
      );
  }
  return (
    <div ref={rowsRef} className={css["rows"]}>
      {rows}
    </div>
  );
}

/** Marks the line that was the last one at the moment a chart is pointed at. */
function usePointedRow({ store, rowsRef, cursor }: LogRowsProps, start: number): void {
  useEffect(() => {
    if (cursor === null) return;
    let marked: HTMLElement | null = null;
    const mark = () => {
      const { pointed } = cursor.getState();
      delete marked?.dataset["pointed"];
      marked = null;
      if (pointed === null || pointed.by === "log") return;
      const rows = [...(rowsRef.current?.children ?? [])];
      const { folds, lineAt } = store.getState().actions;
      const slot = rows.findLastIndex(
        (_, at) => (lineAt(folds.rowAt(start + at))?.atMs ?? Infinity) <= pointed.atMs,
      );
      const row = rows[slot];
      if (!(row instanceof HTMLElement)) return;
      marked = row;
      row.dataset["pointed"] = "true";
    };
    // Also where nobody moves: rows that come into view or get their text are other elements.
    mark();
    const unsubscribe = cursor.subscribe(mark);
    return () => {
      unsubscribe();
      delete marked?.dataset["pointed"];
    };
  });
}

function PartialRow({ partial, options }: { readonly partial: ViewPartial; readonly options: RowOptions }) {
  const { t } = useTranslation("log");
  const { ownerOf } = options;
  return (
    <div className={css["row"]} data-stream={partial.stream} data-partial="true" title={t("unfinished")}>
      {ownerOf !== null && partial.runId !== undefined && <OwnerMark owner={ownerOf(partial.runId)} />}
      <span className={css["number"]}>…</span>
      <StreamMark stream={partial.stream} />
      <span className={css["text"]}>
        <LineText text={partial.text} isExpanded={false} find={null} />
      </span>
    </div>
  );
}

function MissingRow({ number }: { readonly number: number | null }) {
  return (
    <div className={css["row"]} data-missing="true">
      <span className={css["number"]}>{number ?? "…"}</span>
    </div>
  );
}
