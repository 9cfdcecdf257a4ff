import { defineConfig } from "vitest/config";
import { SlowFirst } from "./scripts/test/slow-first.ts";

/** As many as the small machines of CI have processors. */
const FEW_WORKERS = 2;
/** Suites of real processes wait half of their time. With many more, a small machine would time them out. */
const WAITING_WORKERS = 3;

/** Far more than any test takes, so that a machine that is busy with something else fails none. */
const UNIT_TIMEOUT_MS = 60_000;
const REAL_PARTS_TIMEOUT_MS = 120_000;
const POLL_TIMEOUT_MS = 30_000;

const shared = {
  environment: "node",
  // A test that needs another test's leftovers is broken; so is one that leaves a spy behind.
  restoreMocks: true,
  unstubEnvs: true,
  // How long `expect.poll` waits for a state: its own second is too short on a busy machine.
  expect: { poll: { timeout: POLL_TIMEOUT_MS, interval: 20 } },
} as const;

const realParts = {
  ...shared,
  testTimeout: REAL_PARTS_TIMEOUT_MS,
  hookTimeout: REAL_PARTS_TIMEOUT_MS,
  maxWorkers: WAITING_WORKERS,
} as const;

export default defineConfig({
  test: {
    reporters: ["default"],
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          // Nothing in the product keeps state in a module, so files need no process of their own: a third of the time.
          pool: "threads",
          isolate: false,
          maxWorkers: FEW_WORKERS,
          setupFiles: ["tests/helpers/property-setup.ts"],
          include: ["src-*/**/*.test.{ts,tsx}", "scripts/**/*.test.ts"],
          testTimeout: UNIT_TIMEOUT_MS,
          hookTimeout: UNIT_TIMEOUT_MS,
        },
      },
      {
        test: {
          ...realParts,
          name: "contract",
          include: ["tests/contract/**/*.contract.test.ts"],
        },
      },
      {
        test: {
          ...realParts,
          name: "architecture",
          include: ["tests/architecture/**/*.test.ts"],
        },
      },
      {
        test: {
          ...realParts,
          name: "integration",
          include: ["tests/integration/**/*.int.test.ts"],
        },
      },
      {
        test: {
          ...realParts,
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
        },
      },
      {
        test: {
          ...realParts,
          name: "security",
          include: ["tests/security/**/*.test.ts"],
        },
      },
      {
        test: {
          ...realParts,
          name: "packaging",
          include: ["tests/packaging/**/*.pack.test.ts"],
        },
      },
    ],
  },
});
