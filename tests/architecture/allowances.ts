/**
 * What a rule lets pass, per file and exactly: one more fails, and so does one fewer, so that the number goes
 * down with the code. A new line here needs a reason that a reviewer can check.
 */
export type Allowance = Readonly<Record<string, number>>;

/** The clock is the one place that asks the system for the time. */
export const WALL_CLOCK: Allowance = { "src-main/platform/system-clock.ts": 1 };

/** Synchronous file calls in the core, none of them while someone waits for an answer. */
export const SYNC_FILES: Allowance = {
  // Files of /proc and /sys, which the kernel answers from memory: one call each costs less than a promise.
  "src-main/drivers/process/cgroup-group.ts": 1,
  "src-main/drivers/process/process-table-linux.ts": 3,
  "src-main/drivers/process/process-tree.ts": 1,
  // The log file that a new supervisor process inherits: opened and closed once per process.
  "src-main/drivers/process/supervisor-pool.ts": 2,
  // The desktop's first moments: the profile folder must be there before Electron is told of it, and the first
  // window must not wait for its colour.
  "src-main/entries/desktop/main.ts": 1,
  "src-main/entries/desktop/remembered.ts": 1,
  // The bytes of a run exist nowhere else: while the disk is slow, nothing more is read.
  "src-main/drivers/shared/spool-writer.ts": 3,
  // The command line reads its own version before it does anything else.
  "src-main/program.ts": 1,
};

/** Statements put together from pieces; each piece is a constant of the program, never a value from outside. */
export const BUILT_SQL: Allowance = {};

/** Lint rules set aside on one line, each with its reason after the colon. */
export const SUPPRESSIONS: Allowance = {
  "src-renderer/features/agents/container-plan.tsx": 1,
  "src-renderer/features/agents/manifest-text.tsx": 2,
  "src-renderer/features/engines/container-log.tsx": 2,
  "src-renderer/features/engines/containers-tab.tsx": 1,
  "src-renderer/features/engines/job-dialog.tsx": 2,
  "src-renderer/features/engines/shell-text.ts": 2,
  "src-renderer/features/engines/terminal.tsx": 1,
  "src-renderer/features/runs/runs-page.tsx": 1,
  "src-renderer/log-view/line-text.tsx": 1,
  "src-renderer/log-view/log-row.tsx": 3,
  "src-renderer/log-view/log-view.tsx": 2,
  "src-renderer/log-view/safe-spans.ts": 1,
  "src-renderer/ui/data-table.tsx": 2,
};

/**
 * Casts through unknown in tests. Only for a real thing whose types two packages write down differently, never to
 * make a small object pass as a big one.
 */
export const DOUBLE_CASTS: Allowance = {
  // The socket class of `ws` is handed to the client library, which names the browser's.
  "tests/contract/transport.contract.test.ts": 1,
  "tests/integration/web.int.test.ts": 1,
};

/**
 * Packages that bring an install script they do not need. Scripts are off for the whole project (`.npmrc`), so none of
 * them runs; what each would do is said here.
 */
export const UNUSED_INSTALL_SCRIPTS: readonly string[] = [
  // Builds a native part that ssh2 asks for and does without.
  "node_modules/cpu-features",
  // Picks the 7-Zip of this machine for a kind of installer that is not made here.
  "node_modules/electron-winstaller",
  // Prints a notice about version ranges.
  "node_modules/protobufjs",
  // Builds a native cipher; docker-modem loads it, and no connection of Pilothouse goes through it.
  "node_modules/ssh2",
];
