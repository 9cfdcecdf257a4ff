import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { RunId } from "#contract/ids.ts";
import type { TimeCursor } from "../ui/index.ts";
import type { Attachments } from "./attachments.ts";
import { ColumnHeads } from "./column-heads.tsx";
import type { ColumnWidth } from "./column-width.ts";
import { ColumnsMenu, MAX_NAMES } from "./columns-menu.tsx";
import { copyLines, copyText } from "./copy-lines.ts";
import { DensityBar } from "./density-bar.tsx";
import { FilterBar, FilterMenu } from "./filter-bar.tsx";
import { type FindStore, searchGrowth } from "./find-in-log.ts";
import type { JumpTarget } from "./jump-target.ts";
import { KeysHelp } from "./keys-help.tsx";
import { LinePrompt } from "./line-prompt.tsx";
import type { TimeColumn } from "./line-time.ts";
import type { FilterChip } from "./log-filter.ts";
import { type LogCare, LogMenu } from "./log-menu.tsx";
import { LogNotices, NewLinesSaid } from "./log-notices.tsx";
import type { LogPlace } from "./log-place.ts";
import type { LineOwner } from "./log-row.tsx";
import { LogRows } from "./log-rows.tsx";
import type { LogSource } from "./log-source.ts";
import { LogToolbar } from "./log-toolbar.tsx";
import css from "./log-view.module.css";
import type { LogViewStore } from "./log-view-store.ts";
import { movePick, type PickedLines, pickLine } from "./picked-lines.ts";
import { useDownload } from "./use-download.ts";
import { useLogKeys } from "./use-log-keys.ts";
import { after, useLogPlace, usePlaceState } from "./use-log-place.ts";
import { useLogRows } from "./use-log-rows.ts";
import { useLongLines } from "./use-long-lines.ts";
import { useRowOptions } from "./use-row-options.ts";

export interface LogLook {
  readonly isWrapped: boolean;
  readonly timeColumn: TimeColumn;
  /** Names of fields that stand in columns. */
  readonly columns: readonly string[];
  /** Of those columns whose width a person chose. */
  readonly widths: readonly ColumnWidth[];
}

export interface LogViewProps {
  readonly source: LogSource;
  /** Makes what is shown of the logs, for a filter. */
  readonly createPlace: (chips: readonly FilterChip[]) => LogPlace;
  /** Changes when `createPlace` would make something else for the same filter. */
  readonly placeKey: string;
  /** What relative times count from, milliseconds since the epoch. */
  readonly originMs: number;
  /** Name of a downloaded file, without its ending. */
  readonly fileName: string;
  /** Line to open at; the end of the log when absent. */
  readonly initialLine?: number | undefined;
  /** A line was picked, e.g. to put it into the address. */
  readonly onPickLine?: ((line: number) => void) | undefined;
  /** The address of a line, where lines have one. */
  readonly linkOf?: ((line: number) => string) | undefined;
  /** More buttons for the bar. */
  readonly actions?: ReactNode;
  /** How lines are shown; the viewer keeps it. */
  readonly look: LogLook;
  readonly onLook: (look: Partial<LogLook>) => void;
  readonly filter: readonly FilterChip[];
  readonly onFilter: (chips: readonly FilterChip[]) => void;
  readonly care?: LogCare | null;
  readonly ownerOf?: ((runId: RunId) => LineOwner) | null;
  readonly attachments?: Attachments | null;
  readonly cursor?: TimeCursor | null;
}

/** Logs: live, searchable, of any length. It shows text and nothing else; see `safe-spans.ts`. */
export function LogView(props: LogViewProps) {
  // Another log is another view: nothing of the one before may be seen in it.
  return <OneView key={props.placeKey} {...props} />;
}

function OneView(props: LogViewProps) {
  const { source, initialLine, look, onLook, care = null } = props;
  const { isWrapped, timeColumn, columns } = look;
  const rowInView = useRef<() => number>(() => 1);
  const { place, store, find } = useLogPlace(props, rowInView);

  const [isAsking, setAsking] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [picked, setPicked] = usePlaceState<PickedLines | null>(place, null);
  const [expanded, setExpanded] = usePlaceState(place, NO_ROWS);
  const long = useLongLines(source, place, setProblem);
  const view = useRef<HTMLElement>(null);
  const attachments = props.attachments?.items.length === 0 ? null : (props.attachments ?? null);
  const isEven = !isWrapped && expanded.size === 0 && attachments === null;
  const { frameRef, spaceRef, rowsRef, scroller } = useLogRows(store, isEven);
  const { folds, lineAt } = store.getState().actions;
  rowInView.current = () => folds.rowAt(scroller.firstRow());

  function goTo(row: number): void {
    store.getState().actions.setFollowing(false);
    scroller.jumpTo(folds.slotOf(row));
  }
  function pick(next: PickedLines): void {
    setPicked(() => next);
    props.onPickLine?.(numberOf(next.head));
  }
  /** The line's own number; rows of a filtered view have others. */
  const numberOf = (row: number) => lineAt(row)?.origin?.number ?? row;
  async function goToTarget(target: JumpTarget): Promise<void> {
    const row = "line" in target ? await place.rowOf(target.line) : await place.rowAtTime(target.atMs);
    goTo(row);
    pick(pickLine(row, null, false));
  }
  async function goToTime(atMs: number): Promise<void> {
    goTo(await place.rowAtTime(atMs));
  }
  function toggle(row: number): void {
    setExpanded((current) => withToggled(current, row));
    const line = lineAt(row);
    if (line?.isCut === true && !expanded.has(row) && long.of(row) === undefined) long.more(line);
  }
  function leaveFind(): void {
    find.getState().actions.close();
    view.current?.focus();
  }
  const guarded = (action: () => Promise<void>) => {
    action().catch(setProblem);
  };
  const copyPicked = () => {
    if (picked === null) return;
    guarded(async () => {
      const lines = await store.getState().actions.readLines(picked.from, picked.to);
      await copyLines(source, place.runId, lines);
    });
  };
  const askLine = () => setAsking(true);
  const wrap = () => onLook({ isWrapped: !isWrapped });
  const onKeyDown = useLogKeys({
    store,
    find,
    scroller,
    onStep: (direction) => void find.getState().actions.step(direction),
    onLeaveFind: leaveFind,
    onWrap: wrap,
    onAskLine: askLine,
    onMovePick(by, isExtending) {
      const { lineCount } = store.getState();
      if (lineCount === 0) return;
      const next = movePick(picked, by, { start: rowInView.current(), lineCount, isExtending, folds });
      store.getState().actions.setFollowing(false);
      pick(next);
      scroller.reveal(folds.slotOf(next.head));
    },
    onToggle: () => picked !== null && toggle(picked.head),
    onCopy: copyPicked,
    onClear: () => setPicked(() => null),
    onHelp: () => setHelpOpen(true),
  });
  useInitialLine({ store, place, initialLine, goTo, onPick: (next) => setPicked(() => next) });
  useGoToHit(find, goTo);
  useAskedTime(props.cursor ?? null, (atMs) => guarded(() => goToTime(atMs)));
  useEffect(() => searchGrowth(store, find, after), [store, find]);
  const download = useDownload({
    source,
    feed: place.feed,
    runId: place.runId,
    rowCount: () => store.getState().lineCount,
    name: props.fileName,
  });

  const { t } = useTranslation("log");
  const digits = useStore(store, ({ lineCount }) => String(lineCount).length);
  // Every number gets the room of the longest, or columns would stand aslant.
  useLayoutEffect(() => view.current?.style.setProperty("--ph-log-digits", String(digits)), [digits]);
  const options = useRowOptions(props, find, {
    onPick: (line, isExtending) => pick(pickLine(line, picked, isExtending)),
    onToggle: toggle,
    onStretch: long.more,
  });
  const onColumns = (next: readonly string[]) => onLook({ columns: next });
  const linkOf = props.linkOf;
  return (
    <section
      ref={view}
      className={css["view"]}
      aria-label={t("label")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <LogToolbar
        store={store}
        find={find}
        isFiltered={place.isFiltered}
        timeColumn={timeColumn}
        onTimeColumn={(column) => onLook({ timeColumn: column })}
        isWrapped={isWrapped}
        onWrap={wrap}
        onAskLine={askLine}
        onToggleFollow={() => store.getState().actions.setFollowing(!store.getState().isFollowing)}
        onLeaveFind={leaveFind}
        filter={<FilterMenu chips={props.filter} onChange={props.onFilter} />}
      >
        <ColumnsMenu
          columns={columns}
          onColumns={onColumns}
          namesInView={() => fieldNames(scroller.inView(), store)}
          subscribe={store.subscribe}
        />
        <LogMenu
          care={care}
          hasPick={picked !== null}
          kinds={place.kinds}
          onCopyLines={copyPicked}
          onCopyLink={
            linkOf === undefined
              ? null
              : () => picked !== null && guarded(() => copyText([linkOf(numberOf(picked.head))]))
          }
          onDownload={download.start}
        />
        <KeysHelp isOpen={isHelpOpen} onOpen={setHelpOpen} />
        {props.actions}
      </LogToolbar>
      <FilterBar chips={props.filter} onChange={props.onFilter} />
      <ColumnHeads
        columns={columns}
        onColumns={onColumns}
        widths={look.widths}
        onWidths={(widths) => onLook({ widths })}
        viewRef={view}
        frameRef={frameRef}
        hasOwner={(props.ownerOf ?? null) !== null}
        timeColumn={timeColumn}
      />
      <div className={css["body"]}>
        {/* Not announced line by line: a flood would drown every other word. The bar says what goes on. */}
        <div
          ref={frameRef}
          className={css["frame"]}
          role="log"
          aria-live="off"
          aria-label={t("label")}
          data-wrapped={isWrapped || undefined}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls has to be reachable by keyboard
          tabIndex={0}
          onMouseDown={() => pauseForSelection(store)}
          onPointerLeave={() => props.cursor?.setState({ pointed: null })}
        >
          <div ref={spaceRef} className={css["space"]}>
            <LogRows
              store={store}
              scroller={scroller}
              rowsRef={rowsRef}
              options={options}
              picked={picked}
              hitLine={useStore(find, (state) => (state.isOpen ? state.currentRow : null))}
              expanded={expanded}
              long={long}
              attachments={attachments}
              cursor={props.cursor ?? null}
              isNumbered={!place.isFiltered && (props.ownerOf ?? null) === null}
            />
          </div>
        </div>
        <DensityBar find={find} onGo={(share) => goTo(rowOfShare(share, store))} />
        {isAsking && (
          <LinePrompt
            lineCount={place.lastLine(store.getState().lineCount)}
            dayMs={lineAt(store.getState().lineCount)?.atMs ?? props.originMs}
            onGo={(target) => guarded(() => goToTarget(target))}
            onLeave={() => {
              setAsking(false);
              view.current?.focus();
            }}
          />
        )}
        <LogNotices
          store={store}
          isFiltered={place.isFiltered}
          isPassing={place.isPassing && !place.isFiltered}
          download={download}
          problem={problem}
          onProblemSeen={() => setProblem(null)}
        />
        <NewLinesSaid store={store} />
      </div>
    </section>
  );
}

const NO_ROWS: ReadonlySet<number> = new Set();
const MAX_EXPANDED = 500;

function withToggled(numbers: ReadonlySet<number>, number: number): ReadonlySet<number> {
  const next = new Set(numbers);
  if (!next.delete(number)) next.add(number);
  const oldest = next.size > MAX_EXPANDED ? next.values().next().value : undefined;
  if (oldest !== undefined) next.delete(oldest);
  return next;
}

function rowOfShare(share: number, store: LogViewStore): number {
  const { actions, lineCount } = store.getState();
  const slotCount = lineCount - actions.folds.hiddenIn(lineCount);
  return actions.folds.rowAt(Math.max(1, Math.round(share * slotCount)) - 1);
}

/** Names of the fields of lines in view, each once. */
function fieldNames({ start, end }: { start: number; end: number }, store: LogViewStore): readonly string[] {
  const { folds, lineAt } = store.getState().actions;
  const names = new Set<string>();
  for (let slot = start; slot < end && names.size < MAX_NAMES; slot += 1) {
    for (const name of Object.keys(lineAt(folds.rowAt(slot))?.details?.fields ?? {})) names.add(name);
  }
  return [...names].slice(0, MAX_NAMES).sort();
}

/** Text cannot be selected while it runs away. Begun in a quiet log it is no reason to stop following. */
function pauseForSelection(store: LogViewStore): void {
  const stop = () => {
    document.removeEventListener("selectionchange", onChange);
    document.removeEventListener("mouseup", stop);
  };
  const onChange = () => {
    if (document.getSelection()?.isCollapsed !== false) return;
    store.getState().actions.setFollowing(false);
    stop();
  };
  document.addEventListener("selectionchange", onChange);
  document.addEventListener("mouseup", stop);
}

interface InitialLine {
  readonly store: LogViewStore;
  readonly place: LogPlace;
  readonly initialLine: number | undefined;
  readonly goTo: (row: number) => void;
  readonly onPick: (picked: PickedLines) => void;
}

/** Opens at a line of an address, once there are rows. */
function useInitialLine({ store, place, initialLine, goTo, onPick }: InitialLine): void {
  const isKnown = useStore(store, (state) => state.lineCount > 0);
  const latest = useRef({ goTo, onPick });
  latest.current = { goTo, onPick };
  useEffect(() => {
    if (!isKnown || initialLine === undefined) return;
    let isWanted = true;
    place.rowOf(initialLine).then(
      (row) => {
        if (!isWanted) return;
        latest.current.goTo(row);
        latest.current.onPick(pickLine(row, null, false));
      },
      // The view itself says that the log cannot be read.
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [isKnown, initialLine, place]);
}

/** Goes to each hit that is looked at. */
function useGoToHit(find: FindStore, goTo: (row: number) => void): void {
  const latest = useRef(goTo);
  latest.current = goTo;
  useEffect(
    () =>
      find.subscribe((state, before) => {
        if (state.currentRow !== null && state.currentRow !== before.currentRow)
          latest.current(state.currentRow);
      }),
    [find],
  );
}

/** Goes to the moment somebody asked for in a chart. */
function useAskedTime(cursor: TimeCursor | null, goTo: (atMs: number) => void): void {
  const latest = useRef(goTo);
  latest.current = goTo;
  useEffect(
    () =>
      cursor?.subscribe(({ asked }, before) => {
        if (asked !== null && asked !== before.asked) latest.current(asked.atMs);
      }),
    [cursor],
  );
}
