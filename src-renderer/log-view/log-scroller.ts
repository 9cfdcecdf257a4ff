import type { RowFold } from "./row-folds.ts";
import {
  anchorOf,
  contentPx,
  isCompressed,
  movedBy,
  progressKeeping,
  progressOf,
  progressToRow,
  type RenderedRow,
  rowRange,
  type ScrollSpace,
  scrollTopOf,
} from "./scroll-position.ts";

/** Height of a row that holds one line of text; the style sheet sets the same. */
export const ROW_PX = 20;

/** Rows to render, from 0; `end` is exclusive. */
export interface RowsInView {
  readonly start: number;
  readonly end: number;
}

export interface LogScrollerDeps {
  /** A person moved the view; `isAtEnd` when they moved it to the end. */
  readonly onMoved: (isAtEnd: boolean) => void;
}

interface Elements {
  /** The element with the scroll bar. */
  readonly frame: HTMLElement;
  /** Inside the frame; as high as the log seems. */
  readonly space: HTMLElement;
  /** Inside the space; holds one child per rendered row. */
  readonly rows: HTMLElement;
}

/**
 * Places the rendered rows of a log of any length under a true scroll bar; the arithmetic and why it needs no
 * heights outside the view stands in `scroll-position.ts`.
 *
 * The rows are placed by hand, not through React: a scroll that stays inside the rendered rows costs no
 * rendering at all.
 */
export class LogScroller {
  readonly #deps: LogScrollerDeps;
  #elements: Elements | null = null;
  #progress = 1;
  #rowCount = 0;
  #rowPx = ROW_PX;
  /** Kept, because asking the document makes it lay itself out. */
  #viewportPx = 0;
  #isEven = true;
  /** The scroll bar is held. */
  #isDragging = false;
  #lastTop = 0;
  #inView: RowsInView = { start: 0, end: 0 };
  /** What the document holds; behind `#inView` until the page has rendered. */
  #rendered: RowsInView = { start: 0, end: 0 };
  readonly #listeners = new Set<() => void>();

  /** Tells when `inView` has changed. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly inView = (): RowsInView => this.#inView;

  constructor(deps: LogScrollerDeps) {
    this.#deps = deps;
  }

  attach(elements: Elements): () => void {
    this.#elements = elements;
    const { frame } = elements;
    const onScroll = () => this.#scrolled();
    const onWheel = (event: WheelEvent) => this.#wheeled(event);
    const resized = new ResizeObserver(() => {
      this.#viewportPx = frame.clientHeight;
      this.#refresh();
    });
    // No browser tells when the scroll bar is let go; the pointer that moves on without a button does.
    const onPointer = (event: PointerEvent) => {
      this.#isDragging = event.buttons !== 0 && event.offsetX >= frame.clientWidth && event.target === frame;
    };
    frame.addEventListener("pointerdown", onPointer);
    frame.addEventListener("pointermove", onPointer);
    frame.addEventListener("scroll", onScroll, { passive: true });
    frame.addEventListener("wheel", onWheel, { passive: false });
    resized.observe(frame);
    this.#viewportPx = frame.clientHeight;
    this.#refresh();
    return () => {
      frame.removeEventListener("pointerdown", onPointer);
      frame.removeEventListener("pointermove", onPointer);
      frame.removeEventListener("scroll", onScroll);
      frame.removeEventListener("wheel", onWheel);
      resized.disconnect();
      this.#elements = null;
    };
  }

  /** Takes over what the log is now. Unless it is followed, the rows in view stay where they are. */
  update(log: { rowCount: number; isFollowing: boolean }): void {
    const grewBy = log.rowCount - this.#rowCount;
    const isKept = grewBy !== 0 && !log.isFollowing;
    // Equal rows need no look at the document, and no rounding of it adds up.
    const rows = isKept && !this.#isEven ? this.#renderedRows() : [];
    const before = this.#space();
    this.#rowCount = log.rowCount;
    if (log.isFollowing) this.#progress = 1;
    else if (isKept) this.#progress = progressKeeping(rows, this.#space()) ?? this.#keptBy(before);
    this.#show();
  }

  /** Rows behind one of them are shown together with it from now on; what is in view stays where it is. */
  fold({ slot, hiddenCount }: RowFold): void {
    const top = this.#renderedRows().find((row) => row.topPx + row.heightPx > 0);
    this.#rowCount -= hiddenCount;
    if (top !== undefined) {
      const index = Math.max(Math.min(top.index, slot), top.index - hiddenCount);
      this.#progress = movedBy(0, index - top.topPx / this.#rowPx, this.#space());
    }
    this.#show();
  }

  /** Whether every row is one line high: nothing wraps and nothing is expanded. */
  setEven(isEven: boolean): void {
    if (isEven === this.#isEven) return;
    this.#isEven = isEven;
    this.#rowPx = ROW_PX;
    this.#refresh();
  }

  moveBy(rows: number): void {
    const progress = movedBy(this.#progress, rows, this.#space());
    if (progress === this.#progress) return;
    this.#progress = progress;
    this.#moved();
  }

  /** Puts the row where it is in view; rows count from 0. */
  jumpTo(index: number): void {
    const space = this.#space();
    const above = space.viewportPx / space.rowPx / 3;
    // Equal rows can be put where they are seen best; of others only the place of the anchor is known.
    this.#progress = this.#isEven ? movedBy(0, index - above, space) : progressToRow(index, space);
    this.#show();
    this.place();
  }

  /** Brings the row into view with as little movement as possible. */
  reveal(index: number): void {
    const row = this.#renderedRows().find((candidate) => candidate.index === index);
    if (row === undefined) {
      this.jumpTo(index);
      return;
    }
    const below = row.topPx + row.heightPx - this.#viewportPx;
    if (row.topPx < 0) this.moveBy(row.topPx / this.#rowPx);
    else if (below > 0) this.moveBy(Math.min(below, row.topPx) / this.#rowPx);
  }

  toStart(): void {
    this.#progress = 0;
    this.#moved();
  }

  pageRows(): number {
    return Math.max(1, Math.floor(this.#viewportPx / this.#rowPx) - 1);
  }

  /** Row at the top of the view, from 0. */
  firstRow(): number {
    return this.#renderedRows().find((row) => row.topPx + row.heightPx > 0)?.index ?? 0;
  }

  /** Puts the rows where they belong. To be called after every rendering with what was rendered. */
  place(rendered: RowsInView = this.#rendered): void {
    this.#rendered = rendered;
    const elements = this.#elements;
    if (elements === null) return;
    this.#measure(elements);
    const space = this.#space();
    const { frame, rows } = elements;
    // Whole pixels, because the browser rounds: what it has then is what it was given.
    const top = Math.round(scrollTopOf(this.#progress, space));
    elements.space.style.height = `${contentPx(space)}px`;
    if (Math.abs(this.#lastTop - top) >= 1) {
      frame.scrollTop = top;
      this.#lastTop = frame.scrollTop;
    }
    const anchorPx = this.#anchorPx(rows, space);
    if (anchorPx === null) return;
    const shift = this.#fits(elements) ? 0 : this.#lastTop + this.#progress * space.viewportPx - anchorPx;
    rows.style.transform = `translateY(${shift}px)`;
  }

  /** Where the anchor row is inside the rendered rows; null while it is not rendered. */
  #anchorPx(rows: HTMLElement, space: ScrollSpace): number | null {
    const { index, fraction } = anchorOf(this.#progress, space);
    const slot = index - this.#rendered.start;
    if (slot < 0 || slot >= rows.childElementCount) return null;
    if (this.#isEven && !this.#isWhole()) return (slot + fraction) * ROW_PX;
    const anchor = rows.children[slot];
    return anchor instanceof HTMLElement ? anchor.offsetTop + fraction * anchor.offsetHeight : null;
  }

  #space(): ScrollSpace {
    return { rowCount: this.#rowCount, rowPx: this.#rowPx, viewportPx: this.#viewportPx };
  }

  #fits({ rows }: Elements): boolean {
    return this.#isWhole() && rows.offsetHeight <= this.#viewportPx;
  }

  /** Whether all rows of the log are rendered. */
  #isWhole(): boolean {
    return this.#rendered.start === 0 && this.#rendered.end === this.#rowCount;
  }

  #measure({ rows }: Elements): void {
    const count = rows.childElementCount;
    if (count === 0 || (this.#isEven && !this.#isWhole())) return;
    const average = rows.offsetHeight / count;
    const isFarOff = Math.abs(average / this.#rowPx - 1) > 0.25;
    // A scroll bar that trembles is worse than one that is a little off.
    if (this.#isWhole()) this.#rowPx = average;
    else if (isFarOff) this.#rowPx = Math.max(ROW_PX, average);
  }

  #keptBy(before: ScrollSpace): number {
    const topRow = this.#progress * Math.max(0, before.rowCount - before.viewportPx / before.rowPx);
    return movedBy(0, topRow, this.#space());
  }

  #renderedRows(): RenderedRow[] {
    const elements = this.#elements;
    if (elements === null) return [];
    const offset = elements.rows.getBoundingClientRect().top - elements.frame.getBoundingClientRect().top;
    return [...elements.rows.children].flatMap((row, slot) =>
      row instanceof HTMLElement
        ? [{ index: this.#rendered.start + slot, topPx: offset + row.offsetTop, heightPx: row.offsetHeight }]
        : [],
    );
  }

  #scrolled(): void {
    const top = this.#elements?.frame.scrollTop ?? 0;
    const by = top - this.#lastTop;
    if (Math.abs(by) < 1) return;
    this.#lastTop = top;
    const space = this.#space();
    // A little way, not by the scroll bar: selecting text beyond the edge, or a browser revealing something.
    const isSmall = isCompressed(space) && !this.#isDragging && Math.abs(by) < space.viewportPx;
    this.#progress = isSmall ? movedBy(this.#progress, by / this.#rowPx, space) : progressOf(top, space);
    this.#moved();
  }

  /** Where one pixel of the scroll bar is many rows, the wheel moves by rows instead. */
  #wheeled(event: WheelEvent): void {
    if (!isCompressed(this.#space()) || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * ROW_PX : event.deltaY;
    this.moveBy(pixels / this.#rowPx);
  }

  #moved(): void {
    this.#show();
    this.place();
    // Without rows the start is the end as well, and nobody meant the end.
    if (this.#rowCount === 0) return;
    const space = this.#space();
    const leftPx = (1 - this.#progress) * (contentPx(space) - space.viewportPx);
    this.#deps.onMoved(isCompressed(space) ? this.#progress === 1 : leftPx < 2);
  }

  #refresh(): void {
    this.#show();
    this.place();
  }

  #show(): void {
    const { start, end } = rowRange(this.#progress, this.#space(), ROW_PX);
    if (start === this.#inView.start && end === this.#inView.end) return;
    this.#inView = { start, end };
    for (const listener of [...this.#listeners]) listener();
  }
}
