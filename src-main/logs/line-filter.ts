import type { LineConditions, LogLine, MergedLine } from "#contract/log.ts";
import { fieldOf, understandLine } from "#core/log-line/understand-line.ts";
import { createTextTest } from "./line-finder.ts";

/** Tells which lines fit, for lines that come one after the other. */
export class LineFilter {
  readonly #conditions: LineConditions;
  readonly #tests: readonly ((text: string) => boolean)[];

  /** @throws AppError `usage.invalid` for a pattern that cannot be understood */
  constructor(conditions: LineConditions) {
    this.#conditions = conditions;
    this.#tests = [conditions, ...(conditions.also ?? [])].map(createTextTest);
  }

  fitting(lines: readonly MergedLine[]): MergedLine[] {
    return lines.filter(({ line }) => this.#fits(line));
  }

  #fits(line: LogLine): boolean {
    const { streams, sinceMs, untilMs } = this.#conditions;
    if (streams !== undefined && !streams.includes(line.stream)) return false;
    if (sinceMs !== undefined && line.atMs < sinceMs) return false;
    if (untilMs !== undefined && line.atMs >= untilMs) return false;
    return this.#tests.every((fits) => fits(line.text)) && this.#hasWhatIsAsked(line);
  }

  #hasWhatIsAsked({ text, details }: LogLine): boolean {
    const { levels, fields = [] } = this.#conditions;
    if (levels === undefined && fields.length === 0) return true;
    const known = details ?? understandLine(text);
    if (levels !== undefined && (known.level === null || !levels.includes(known.level))) return false;
    return fields.every(({ name, value }) => fieldOf(known, name) === value);
  }
}
