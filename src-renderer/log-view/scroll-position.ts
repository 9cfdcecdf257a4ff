/** Highest scrolled content; beyond it browsers lose whole pixels, and further out cut the content off. */
export const MAX_CONTENT_PX = 4_000_000;

/** Sizes the position is computed from. */
export interface ScrollSpace {
  readonly rowCount: number;
  /** Average height of a row as far as it is known. */
  readonly rowPx: number;
  readonly viewportPx: number;
}

export interface RenderedRow {
  /** From 0. */
  readonly index: number;
  /** Distance of its top from the top of the viewport, now. */
  readonly topPx: number;
  readonly heightPx: number;
}

/** Height the scroll bar stands for. */
export function contentPx(space: ScrollSpace): number {
  return Math.min(MAX_CONTENT_PX, Math.ceil(space.rowCount * space.rowPx));
}

/** True when one pixel of the scroll bar stands for more than one pixel of the log. */
export function isCompressed(space: ScrollSpace): boolean {
  return space.rowCount * space.rowPx > MAX_CONTENT_PX;
}

/**
 * How far down a position is, 0 to 1. Everything else follows from it: row `progress × rowCount` stands at
 * `progress × viewport height`. So both ends are reachable and every row between, whatever the rows' real
 * heights are, without knowing any height outside the view; with equal heights it is ordinary scrolling.
 */
export function progressOf(scrollTopPx: number, space: ScrollSpace): number {
  const range = contentPx(space) - space.viewportPx;
  return range <= 0 ? 0 : clamp(scrollTopPx / range);
}

export function scrollTopOf(progress: number, space: ScrollSpace): number {
  return Math.max(0, contentPx(space) - space.viewportPx) * progress;
}

/** The row (with fraction) that stands at `progress × viewport height`. */
export function anchorOf(progress: number, space: ScrollSpace): { index: number; fraction: number } {
  const place = progress * space.rowCount;
  const index = Math.max(0, Math.min(space.rowCount - 1, Math.floor(place)));
  return { index, fraction: Math.min(1, place - index) };
}

/** The progress that puts row `index` at its place in the view. */
export function progressToRow(index: number, space: ScrollSpace): number {
  return space.rowCount <= 1 ? 0 : clamp((index + 0.5) / space.rowCount);
}

/** The progress after moving the view by so many rows of average height. */
export function movedBy(progress: number, rows: number, space: ScrollSpace): number {
  const range = space.rowCount - space.viewportPx / space.rowPx;
  return range <= 0 ? 0 : clamp(progress + rows / range);
}

const RANGE_STEP = 8;

/** Rows to render (`end` is exclusive): all that can be in view, and some around, in steps so that it rarely changes. */
export function rowRange(
  progress: number,
  space: ScrollSpace,
  smallestRowPx: number,
): { start: number; end: number } {
  const { index } = anchorOf(progress, space);
  const above = Math.ceil((progress * space.viewportPx) / smallestRowPx);
  const below = Math.ceil(((1 - progress) * space.viewportPx) / smallestRowPx);
  const start = Math.floor((index - above - RANGE_STEP) / RANGE_STEP) * RANGE_STEP;
  const end = Math.ceil((index + below + 1 + RANGE_STEP) / RANGE_STEP) * RANGE_STEP;
  return { start: Math.max(0, start), end: Math.min(space.rowCount, end) };
}

/**
 * The progress that leaves every rendered row where it is when the number of rows changes. Null when no
 * rendered row can be the anchor any more.
 */
export function progressKeeping(rows: readonly RenderedRow[], space: ScrollSpace): number | null {
  const first = rows[0];
  const last = rows.at(-1);
  if (first === undefined || last === undefined || space.rowCount === 0) return null;
  // How far the anchor that belongs to a place is below where it has to be; grows with the place.
  const offBy = (place: number) => topOf(rows, place) - (place / space.rowCount) * space.viewportPx;
  let low = first.index;
  let high = last.index + 1;
  if (offBy(low) > 0 || offBy(high) < 0) return null;
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (offBy(middle) < 0) low = middle;
    else high = middle;
  }
  return clamp(high / space.rowCount);
}

function topOf(rows: readonly RenderedRow[], place: number): number {
  const firstIndex = rows[0]?.index ?? 0;
  const slot = Math.min(rows.length - 1, Math.max(0, Math.floor(place) - firstIndex));
  const row = rows[slot];
  return row === undefined ? 0 : row.topPx + (place - row.index) * row.heightPx;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
