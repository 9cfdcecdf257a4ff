import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take longest, longest first. A fresh clone knows no times of the last run, and by their sizes these come
 * last: a worker would drive one of them for minutes with nobody left beside it.
 */
export const SLOWEST: readonly string[] = [
  "core-flood.fault.test.ts",
  "short-containers.fault.test.ts",
  "core-flood-containers.fault.test.ts",
  "core-kill.fault.test.ts",
  "podman-engine.fault.test.ts",
  "docker-engine.fault.test.ts",
  "logs-flood-kill.test.ts",
  "podman-driver.contract.test.ts",
  "docker-driver.contract.test.ts",
  "process-driver.contract.test.ts",
  "canary.sec.test.ts",
  "canary-controls.sec.test.ts",
  "engines.int.test.ts",
  "container-runs.int.test.ts",
];

/** Begins with what takes longest, so that the workers end at about the same time. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = SLOWEST.findIndex((name) => moduleId.endsWith(`/${name}`));
  return rank === -1 ? SLOWEST.length : rank;
}
