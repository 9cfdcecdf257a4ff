import {
  type ConnectionTracker,
  createCache,
  createConnectionTracker,
  createPortRpc,
  type ObtainPort,
  prefetchSettings,
  type Rpc,
} from "../rpc/index.ts";
import { nowMs } from "../ui/index.ts";

/** The page's one connection to its core, and what it knows from it. */
export interface CoreLink {
  readonly tracker: ConnectionTracker;
  readonly rpc: Rpc;
  readonly cache: ReturnType<typeof createCache>;
}

/** Connects, and asks at once for what the first paint waits for. */
export function connect(open: (tracker: ConnectionTracker) => Rpc): CoreLink {
  const tracker = createConnectionTracker({
    nowMs,
    after: (delayMs, action) => {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
  });
  const link = { tracker, rpc: open(tracker), cache: createCache() };
  prefetchSettings(link.cache, link.rpc.client);
  return link;
}

/** For the desktop window, where there is nothing to sign in to: whoever holds the window holds the ports. */
export function connectDesktop(obtain: ObtainPort): CoreLink {
  return connect((tracker) => createPortRpc(obtain, tracker));
}
