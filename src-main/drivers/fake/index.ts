export { createFakeDriver, type FakeDriver, type FakeDriverDeps } from "./fake-driver.ts";
export type { FakeRun } from "./fake-run.ts";
export type { FakeOutput, FakeScript } from "./fake-script.ts";
