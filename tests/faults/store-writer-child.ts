import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#contract/errors.ts";
import { openLogs } from "#tests/helpers/log-store.ts";
import { chunkOf, idOf, newRun, openStoreIn } from "./store-fixture.ts";

/**
 * Stores runs and log chunks with ascending numbers, from where the folder's last writer stopped, and says each
 * number once it is durable. A refusal is said too, and tried again.
 */
const [folder = "", count = ""] = process.argv.slice(2);
const ATTEMPTS = 20;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function insist<T>(action: () => T | Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof AppError) || attempt === ATTEMPTS) throw error;
      say(`refused ${error.code}`);
      await sleep(1);
    }
  }
}

await using store = await insist(() => openStoreIn(folder));
const logs = openLogs(path.join(folder, "logs"));
const writer = await insist(() => logs.openWriter(idOf(0)));
const begun = Math.min(store.runs.list({ limit: 1 }).total, Number(writer.cursor ?? 0));
say(`begun ${begun}`);

for (let number = begun + 1; number <= begun + Number(count); number += 1) {
  if (store.runs.find(idOf(number)) === null) await insist(() => store.runs.insert(newRun(number)));
  if (Number(writer.cursor ?? 0) < number) {
    const chunk = { stream: "stdout", bytes: chunkOf(number), atMs: number, cursor: String(number) } as const;
    await insist(() => writer.append(chunk));
  }
  await insist(() => writer.sync());
  say(`stored ${number}`);
}
await insist(() => writer.seal());
say("done");
