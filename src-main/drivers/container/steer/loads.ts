import type { ContainerLoad, EngineId } from "#contract/engine.ts";
import { Feed } from "../../shared/feed.ts";
import type { EngineLink } from "../engine/engine-link.ts";
import { hangUpOn } from "../engine/hang-up.ts";
import { readJsonLines } from "../engine/json-lines.ts";
import { LoadMeter } from "../engine/load-sample.ts";
import type { FindLink } from "./containers.ts";

const EVERY_MS = 2_000;
/** How often the containers to be sampled are looked up again. */
const RENEW_MS = 2_000;

/**
 * The load of containers, sampled only while somebody watches: one stream of figures per container, as
 * `docker stats` does it, opened and closed as containers start and stop.
 */
export async function* watchLoads(
  findLink: FindLink,
  request: { readonly engine: EngineId; readonly containers: readonly string[] },
  watch: { readonly signal: AbortSignal; readonly after: (delayMs: number) => Promise<void> },
): AsyncGenerator<ContainerLoad> {
  const link = findLink(request.engine);
  const feed = new Feed<ContainerLoad>();
  const open = new Map<string, AbortController>();
  const close = () => {
    for (const one of open.values()) one.abort();
    feed.close();
  };
  watch.signal.addEventListener("abort", close, { once: true });
  void renew(link, { ...request, ...watch, open, feed });
  try {
    yield* feed;
  } finally {
    watch.signal.removeEventListener("abort", close);
    close();
  }
}

interface Watched {
  readonly containers: readonly string[];
  readonly signal: AbortSignal;
  readonly after: (delayMs: number) => Promise<void>;
  readonly open: Map<string, AbortController>;
  readonly feed: Feed<ContainerLoad>;
}

async function renew(link: EngineLink, watched: Watched): Promise<void> {
  const { after, containers, feed, open, signal } = watched;
  while (feed.isOpen && !signal.aborted) {
    const running = link
      .list()
      .containers.filter(({ state }) => state === "running")
      .filter(
        ({ id, name }) => containers.length === 0 || containers.some((one) => one === id || one === name),
      )
      .map(({ id }) => id);
    for (const [id, one] of open) if (!running.includes(id)) one.abort();
    for (const id of running) if (!open.has(id)) void sample(link, id, watched);
    await after(RENEW_MS);
  }
}

async function sample(link: EngineLink, id: string, { feed, open }: Watched): Promise<void> {
  const abort = new AbortController();
  open.set(id, abort);
  const meter = new LoadMeter();
  let lastMs = Number.NEGATIVE_INFINITY;
  try {
    const stream = await link.api.call((docker) => docker.getContainer(id).stats({ stream: true }), {
      signal: abort.signal,
    });
    using _ = hangUpOn(abort.signal, stream);
    for await (const answer of readJsonLines(stream)) {
      if (!feed.isOpen) return;
      const load = meter.measure(answer);
      if (load === null || load.atMs - lastMs < EVERY_MS * 0.9) continue;
      lastMs = load.atMs;
      feed.push({ containerId: id, ...load });
    }
  } catch {
    // It stopped, or the engine went away; the next round opens it again when it runs.
  } finally {
    open.delete(id);
  }
}
