/** The candidate that `word` was most likely meant to be; null when none is close. */
export function findNearest(word: string, candidates: Iterable<string>): string | null {
  const wanted = word.toLowerCase();
  const furthest = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | null = null;
  let bestDistance = furthest + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Letters to add, drop, change or swap with their neighbour to get from `a` to `b`; `limit` when it is not
 * less than that, which keeps a long word cheap.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) row.push(cell({ a, b, i, j, row, last, beforeLast }));
    if (Math.min(...row) >= limit) return limit;
    beforeLast = last;
    last = row;
  }
  return Math.min(limit, last[b.length] ?? limit);
}

interface Cell {
  readonly a: string;
  readonly b: string;
  readonly i: number;
  readonly j: number;
  readonly row: readonly number[];
  readonly last: readonly number[];
  readonly beforeLast: readonly number[];
}

function cell({ a, b, i, j, row, last, beforeLast }: Cell): number {
  const change = a[i - 1] === b[j - 1] ? 0 : 1;
  const distance = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + change);
  const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return isSwap ? Math.min(distance, at(beforeLast, j - 2) + 1) : distance;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
