export type {
  AdoptRequest,
  ContainerNeeds,
  Driver,
  MissingOutput,
  OnProgress,
  OutputBytes,
  OutputChunk,
  RemoteRef,
  RunExit,
  RunHandle,
  RunLimits,
  RunSecrets,
  RunSpec,
  RuntimeNeeds,
  StopOutcome,
} from "./driver.ts";
export {
  createFakeDriver,
  type FakeDriver,
  type FakeDriverDeps,
  type FakeOutput,
  type FakeRun,
  type FakeScript,
} from "./fake/index.ts";
export { createProcessDriver, type ProcessDriverDeps } from "./process/index.ts";
