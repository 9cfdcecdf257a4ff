import type { ManifestProblem } from "#contract/agent.ts";
import { AppError } from "#contract/errors.ts";

/** More than a person mends at once; the rest is counted. */
const MAX_LISTED = 50;

/** `manifest.invalid` for one or more problems: the first one taken apart in the details, all of them in words. */
export function invalidManifest(problems: readonly ManifestProblem[]): AppError {
  const [first] = problems;
  if (first === undefined) throw new Error("a manifest without problems was called invalid");
  const { file, line, column, key, problem, expected } = first;
  const listed = problems.slice(0, MAX_LISTED).map(sentenceOf).join("\n");
  const more = problems.length > MAX_LISTED ? `\n(and ${problems.length - MAX_LISTED} more)` : "";
  return new AppError("manifest.invalid", listed + more, {
    details: { file, line, column, key, problem, expected, count: problems.length, problems: listed },
  });
}

function sentenceOf({ file, line, column, problem, expected }: ManifestProblem): string {
  return `${file}:${line}:${column}: ${problem}${expected === "" ? "" : `; expected ${expected}`}`;
}
