import { join } from "node:path";
import type { CoreEvent } from "#contract/events.ts";
import type { UpdateState } from "#contract/update.ts";
import type { Clock } from "#core/clock.ts";
import type { Fetch } from "#main/network/index.ts";
import { UpdateFeed } from "./update-feed.ts";
import type { UpdateKind, UpdateSource } from "./update-source.ts";
import { type ReadyUpdate, Updates } from "./updates.ts";

/** What an entry knows that renews this installation, or tells of newer versions at least. */
export interface UpdateInstallation {
  readonly source: UpdateSource;
  /** Null where something else installs programs. */
  readonly kind: UpdateKind | null;
  readonly arch: string;
  readonly install: (update: ReadyUpdate) => void;
}

/** What a core gives to its search for updates. */
export interface UpdatesCore {
  readonly version: string;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly journal: { publish(event: CoreEvent): void };
  readonly fetch: Fetch;
  readonly looksByItself: () => boolean;
  readonly reportBug: (error: unknown, where: string) => void;
}

/** Builds the search, begun; null for an entry or a build that asks nobody. */
export function createUpdates(
  installation: UpdateInstallation | undefined,
  core: UpdatesCore,
): Updates | null {
  if (installation === undefined || installation.source.feed === null) return null;
  const { source, ...here } = installation;
  const updates = new Updates({
    ...core,
    ...here,
    publish: (event) => core.journal.publish(event),
    feed: new UpdateFeed(installation.source.feed, core.fetch),
    keys: source.keys,
    installed: core.version,
    folder: join(core.dataFolder, "updates"),
  });
  updates.start();
  return updates;
}

const OFF: UpdateState = { kind: "off" };

/** For every entry and build that looks for no updates. */
export const NO_UPDATES = {
  state: () => OFF,
  check: () => OFF,
  download: () => OFF,
  install: () => OFF,
  installFailed: () => undefined,
} as const;
