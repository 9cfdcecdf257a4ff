import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LogStoreDeps } from "#main/logs/index.ts";
import { MemoryLogRecords, openLogs } from "#tests/helpers/log-store.ts";
import { describeLogStoreContract } from "./log-store-contract.ts";
import { describeLogEngineContract } from "./log-store-engine-contract.ts";
import { describeLogFollowContract } from "./log-store-follow-contract.ts";
import { describeLogViewContract } from "./log-store-view-contract.ts";

async function make(change: Partial<LogStoreDeps>) {
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-logs-"));
  const records = new MemoryLogRecords();
  const open = () => openLogs(path.join(folder, "logs"), { records, ...change });
  let store = open();
  return {
    store,
    async reopen() {
      await store[Symbol.asyncDispose]();
      store = open();
      return store;
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** As the program uses it: small logs stay in one plain segment. */
const usual = () => make({});
/** Every few chunks begin a new segment, and all that are finished are sealed at once. */
const small = () => make({ segmentBytes: 20_000, sealFromBytes: 0 });

describeLogStoreContract("segments of the usual size", usual);
describeLogStoreContract("many small segments", small);
describeLogFollowContract("segments of the usual size", usual);
describeLogFollowContract("many small segments", small);
describeLogEngineContract("segments of the usual size", usual);
describeLogEngineContract("many small segments", small);
describeLogViewContract("segments of the usual size", usual);
describeLogViewContract("many small segments", small);
