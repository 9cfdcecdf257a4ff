import path from "node:path";
import { openLogs } from "#tests/helpers/log-store.ts";
import { floodChunk } from "./logs-flood.ts";
import { idOf, openStoreIn } from "./store-fixture.ts";

/**
 * Floods a log from where it stopped, as a source does that remembers everything, and says now and then which chunk is
 * durable. Segments are small, so that they begin, are sealed and are removed all the time.
 */
const [folder = ""] = process.argv.slice(2);
const SYNC_EVERY = 40;

await using store = await openStoreIn(folder);
const logs = openLogs(path.join(folder, "logs"), { records: store.logs, segmentBytes: 300_000 });
const writer = await logs.openWriter(idOf(0));
const begun = Number(writer.cursor ?? 0);
process.stdout.write(`begun ${begun}\n`);
for (let number = begun + 1; ; number += 1) {
  await writer.append({ stream: "stdout", bytes: floodChunk(number), atMs: number, cursor: String(number) });
  if (number % SYNC_EVERY !== 0) continue;
  await writer.sync();
  process.stdout.write(`stored ${number}\n`);
}
