/** What can stand between a version and another one; pip's words. */
const CLAUSE = /^(===|==|!=|~=|>=|<=|>|<)?\s*(\d+(?:\.\d+)*)(\.\*)?$/;

/**
 * Whether a version fits a range such as `>=3.10,<3.13`. Clauses are joined by commas; a bare version means
 * that one and its patch releases. Null when the range cannot be read.
 */
export function isPythonVersionIn(version: string, range: string): boolean | null {
  const clauses = range
    .split(",")
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "");
  let isIn = true;
  for (const clause of clauses) {
    const match = CLAUSE.exec(clause);
    if (match === null) return null;
    const operator = match[1] ?? "==";
    const isOpen = match[1] === undefined || match[3] !== undefined;
    if (!fits(parse(version), { operator, wanted: parse(match[2] ?? ""), isOpen })) isIn = false;
  }
  return isIn;
}

function parse(version: string): readonly number[] {
  return version.split(".").map(Number);
}

function fits(
  found: readonly number[],
  clause: { readonly operator: string; readonly wanted: readonly number[]; readonly isOpen: boolean },
): boolean {
  const { operator, wanted, isOpen } = clause;
  const compared = isOpen ? found.slice(0, wanted.length) : found;
  const order = compare(compared, wanted);
  switch (operator) {
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case "<":
      return order < 0;
    case "!=":
      return order !== 0;
    case "~=":
      return order >= 0 && compare(found.slice(0, wanted.length - 1), wanted.slice(0, -1)) === 0;
    default:
      return order === 0;
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
