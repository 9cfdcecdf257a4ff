/** One measured number beside its promise and beside what a user would take instead. */
export interface Figure {
  readonly name: string;
  /** What was measured, with its unit. */
  readonly ours: string;
  /** The alternative in the same unit, measured in the same run. */
  readonly alternative: string;
  /** ours divided by the alternative. */
  readonly ratio: number;
  readonly promise: string;
  readonly isKept: boolean;
}

/** Middle value; robust against the odd slow round on a busy machine. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

export function printFigure(figure: Figure): void {
  const verdict = figure.isKept ? "kept" : "MISSED";
  console.log(
    `${figure.name}\n  ours ${figure.ours} · instead ${figure.alternative} · ratio ${figure.ratio.toFixed(2)} · promised ${figure.promise} · ${verdict}`,
  );
}
