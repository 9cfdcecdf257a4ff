import { setTimeout as sleep } from "node:timers/promises";
import type { EventBatch } from "#contract/events.ts";
import type { EventJournal } from "#core/event-journal.ts";

/** How long events are gathered before they go out together. */
const BATCH_MS = 16;

/** Events after `lastId` in batches, each with the id to resume from; begins with `reset` when that is unknown. */
export async function* followJournal(
  journal: EventJournal,
  lastId: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<{ id: string; batch: EventBatch }> {
  let id = lastId ?? "";
  let wake: () => void = () => undefined;
  const unsubscribe = journal.subscribe(() => wake());
  const onAbort = () => wake();
  signal.addEventListener("abort", onAbort);
  try {
    while (!signal.aborted) {
      const missed = journal.since(id);
      if (missed === null) {
        id = journal.currentId();
        yield { id, batch: { kind: "reset" } };
      } else if (missed.events.length > 0) {
        id = missed.id;
        yield { id, batch: { kind: "events", events: missed.events } };
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal.aborted) resolve();
        });
        await sleep(BATCH_MS);
      }
    }
  } finally {
    unsubscribe();
    signal.removeEventListener("abort", onAbort);
  }
}
