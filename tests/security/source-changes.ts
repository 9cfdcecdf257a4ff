import { fileURLToPath } from "node:url";

/** Replaces text of one source of the program, in the processes of one test, as the source is loaded. */
export interface SourceChange {
  /** Below `src-main`. */
  readonly file: string;
  /** Stands there exactly once; a change that no longer fits fails the test instead of changing nothing. */
  readonly find: string;
  readonly put: string;
}

/** Names the changes to `apply-source-changes.ts`. */
export const CHANGES_VARIABLE = "PILOTHOUSE_TEST_CHANGES";
/** Names the file that says at which step to die. */
export const DIE_VARIABLE = "PILOTHOUSE_TEST_DIE";

/** The environment of a core whose own processes are changed too. */
export function environmentOf(
  changes: readonly SourceChange[],
  dieFile: string,
): Readonly<Record<string, string>> {
  const hook = fileURLToPath(new URL("apply-source-changes.ts", import.meta.url));
  return {
    NODE_OPTIONS: `--import=${hook}`,
    [CHANGES_VARIABLE]: JSON.stringify(changes),
    [DIE_VARIABLE]: dieFile,
  };
}

/** Dies as by `kill -9` when `step` is the one that was named, once. */
export function dieAt(step: string): string {
  return `globalThis.pilothouseTestStep(${JSON.stringify(step)});`;
}
