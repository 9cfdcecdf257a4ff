/** A place in a spool: file number, from 1, and byte offset in it. */
export interface SpoolPlace {
  readonly file: number;
  readonly offset: number;
}

export const SPOOL_BEGINNING: SpoolPlace = { file: 1, offset: 0 };

/** The text form `<file>:<offset>`, which others store and hand back unread. */
export function formatCursor(place: SpoolPlace): string {
  return `${place.file}:${place.offset}`;
}

const END = ":end";

/** The cursor of what is said about the end of a spool, of which no frame tells; it stands behind `cursor`. */
export function endCursorBehind(cursor: string): string {
  return `${cursor}${END}`;
}

/** Whether one who has stored everything up to the cursor was told about the spool's end as well. */
export function isEndCursor(cursor: string | null): boolean {
  return cursor?.endsWith(END) === true;
}

/** Null when the text is no cursor. */
export function parseCursor(text: string): SpoolPlace | null {
  const match = /^([1-9]\d{0,8}):(\d{1,15})(?::end)?$/.exec(text);
  return match === null ? null : { file: Number(match[1]), offset: Number(match[2]) };
}

/** Where reading goes on for one who has stored everything up to the cursor; null: nothing yet. */
export function placeBehind(cursor: string | null): SpoolPlace {
  return (cursor === null ? null : parseCursor(cursor)) ?? SPOOL_BEGINNING;
}

export function spoolFileName(file: number): string {
  return `${file}.spool`;
}

/** The numbers of the spool files among `names`, ascending. */
export function spoolFileNumbers(names: readonly string[]): readonly number[] {
  return names
    .map((name) => Number(/^([1-9]\d{0,8})\.spool$/.exec(name)?.[1] ?? 0))
    .filter((file) => file > 0)
    .sort((a, b) => a - b);
}
