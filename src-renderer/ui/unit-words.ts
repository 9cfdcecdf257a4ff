import type { Format } from "./format.ts";

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const SIZE_BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
const QUANTITY = /^(\d+(?:\.\d+)?)\s?([A-Za-z]+)$/;

/** Numbers, durations and sizes of a manifest in the words of a language. */
export interface UnitWords {
  number(value: number, maxDigits: number): string;
  /** `15m` → `15 m`; text that is no duration stays as it is. */
  duration(text: string): string;
  /** `256MiB` → `256 MiB`. */
  size(text: string): string;
}

function amount(text: string, units: Readonly<Record<string, number>>): number | null {
  const [, number, unit] = QUANTITY.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  return factor === undefined ? null : Number(number) * factor;
}

export function createUnitWords(format: Format): UnitWords {
  return {
    number: (value, maxDigits) => format.number(value, maxDigits),
    duration(text) {
      const durationMs = amount(text, DURATION_MS);
      return durationMs === null ? text : format.duration(durationMs);
    },
    size(text) {
      const sizeBytes = amount(text, SIZE_BYTES);
      return sizeBytes === null ? text : format.bytes(sizeBytes);
    },
  };
}
