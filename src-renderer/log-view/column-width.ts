/** How wide a person made a column; pixels. */
export interface ColumnWidth {
  readonly name: string;
  readonly px: number;
}

export const LEAST_COLUMN_PX = 40;
export const MOST_COLUMN_PX = 1_200;
/** Of a column whose width nobody chose. */
export const COLUMN_PX = 130;

export function widthOf(widths: readonly ColumnWidth[], name: string): number {
  return widths.find((width) => width.name === name)?.px ?? COLUMN_PX;
}

/** With one column as wide as asked, within the bounds; null for as wide as it is by itself. */
export function withWidth(
  widths: readonly ColumnWidth[],
  name: string,
  px: number | null,
): readonly ColumnWidth[] {
  const others = widths.filter((width) => width.name !== name);
  return px === null ? others : [...others, { name, px: boundedWidth(px) }];
}

export function boundedWidth(px: number): number {
  return Math.min(MOST_COLUMN_PX, Math.max(LEAST_COLUMN_PX, Math.round(px)));
}

const STEP_PX = 10;
const WIDE_STEP_PX = 50;

/** What a key makes of a width; null for a key that means nothing here. */
export function widthAfterKey(
  px: number,
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
): number | null {
  const step = shiftKey ? WIDE_STEP_PX : STEP_PX;
  const widths: Readonly<Record<string, number>> = {
    ArrowLeft: px - step,
    ArrowRight: px + step,
    Home: LEAST_COLUMN_PX,
    End: MOST_COLUMN_PX,
    Enter: COLUMN_PX,
  };
  const next = widths[key];
  return next === undefined ? null : boundedWidth(next);
}

/** The property of the style that holds the width of the column at this place; rows need not be rendered to change it. */
export function widthProperty(index: number): `--${string}` {
  return `--ph-log-column-${index}`;
}
