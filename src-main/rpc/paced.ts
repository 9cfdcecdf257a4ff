import { setTimeout as sleep } from "node:timers/promises";
import type { Sink } from "./context.ts";

/** Bytes that may wait for a slow reader before its stream pauses. */
const HIGH_WATER = 512 * 1024;

/**
 * Hands a stream on no faster than the other side takes it.
 *
 * tRPC's sockets have no back-pressure of their own: without this, a flood for a slow page fills the core's
 * memory. Every subscription goes through here. It also gives the event loop a turn between two items,
 * because a generator that never waits would hold the loop for itself.
 */
export async function* paced<T>(
  source: AsyncIterable<T>,
  sink: Sink,
  signal: AbortSignal,
): AsyncGenerator<T> {
  for await (const item of source) {
    if (signal.aborted) return;
    yield item;
    let waitMs = 1;
    while (sink.bufferedAmount > HIGH_WATER && sink.isOpen && !signal.aborted) {
      await sleep(waitMs);
      waitMs = Math.min(waitMs * 2, 32);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
