import type { EventBatch } from "#contract/events.ts";
import type { RunId } from "#contract/ids.ts";
import type { Run } from "#contract/run.ts";
import type { CoreLink } from "./core-link.ts";

/** Every state of the run from now on, beginning with the present one; whatever happens to the core meanwhile. */
export async function* watchRun(link: CoreLink, runId: RunId): AsyncGenerator<Run> {
  const batches = link.stream<{ data: EventBatch }>((client, on) => client.system.events.subscribe({}, on));
  for await (const { data } of batches) {
    // The first batch is always a reset, so the present state is read after the subscription has begun.
    if (data.kind === "reset") {
      yield await link.ask((client) => client.runs.get.query({ reference: runId }));
      continue;
    }
    for (const event of data.events) {
      if (event.type === "run.changed" && event.run.id === runId) yield event.run;
    }
  }
}

/** The run once `isReached` holds; each step on the way is shown to `onStep`. */
export async function waitForRun(
  link: CoreLink,
  runId: RunId,
  wait: { isReached(run: Run): boolean; onStep?(run: Run): void },
): Promise<Run> {
  for await (const run of watchRun(link, runId)) {
    wait.onStep?.(run);
    if (wait.isReached(run)) return run;
  }
  throw new Error("the event stream of the core ended");
}
