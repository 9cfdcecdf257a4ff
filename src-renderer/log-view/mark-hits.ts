import type { Span } from "./safe-spans.ts";

export interface MarkedSpan extends Span {
  readonly isHit: boolean;
}

/** Cuts spans so that every occurrence of `needle` in the text as shown stands alone and is marked. */
export function markHits(
  spans: readonly Span[],
  needle: string,
  isCaseSensitive: boolean,
): readonly MarkedSpan[] {
  if (needle === "") return spans.map((span) => ({ ...span, isHit: false }));
  const ranges = findRanges(spans.map((span) => span.text).join(""), needle, isCaseSensitive);
  const marked: MarkedSpan[] = [];
  let spanStart = 0;
  for (const span of spans) {
    const end = spanStart + span.text.length;
    const cuts = new Set([spanStart, end]);
    for (const range of ranges) for (const cut of range) if (cut > spanStart && cut < end) cuts.add(cut);
    const edges = [...cuts].sort((a, b) => a - b);
    for (const [slot, from] of edges.slice(0, -1).entries()) {
      const to = edges[slot + 1] ?? end;
      marked.push({
        ...span,
        text: span.text.slice(from - spanStart, to - spanStart),
        isHit: ranges.some(([start, stop]) => from >= start && to <= stop),
      });
    }
    spanStart = end;
  }
  return marked;
}

const MAX_MARKS = 200;

function findRanges(
  text: string,
  needle: string,
  isCaseSensitive: boolean,
): readonly (readonly [number, number])[] {
  const fold = (value: string) => (isCaseSensitive ? value : value.toLowerCase());
  const haystack = fold(text);
  // Lower case can be longer than what it stands for; then places would not fit, and nothing is marked.
  if (haystack.length !== text.length) return [];
  const wanted = fold(needle);
  const ranges: (readonly [number, number])[] = [];
  for (let at = haystack.indexOf(wanted); at !== -1 && ranges.length < MAX_MARKS; ) {
    ranges.push([at, at + wanted.length]);
    at = haystack.indexOf(wanted, at + wanted.length);
  }
  return ranges;
}
