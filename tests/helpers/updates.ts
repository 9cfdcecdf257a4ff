import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { CoreEvent } from "#contract/events.ts";
import { DEFAULT_NETWORK } from "#contract/network.ts";
import type { UpdateState } from "#contract/update.ts";
import { OutgoingNetwork } from "#main/network/index.ts";
import { createUpdates, type ReadyUpdate, type UpdateKind, type Updates } from "#main/updates/index.ts";
import { installUpdate } from "../../src-main/entries/desktop/install-update.ts";
import { FakeClock } from "./fake-clock.ts";
import { startUpdateServer, type UpdateServer } from "./update-server.ts";

/** The search for updates against a real server of this computer. Version 0.1.0 is installed. */
export interface UpdatesUnderTest extends AsyncDisposable {
  readonly server: UpdateServer;
  readonly updates: Updates;
  readonly clock: FakeClock;
  readonly folder: string;
  readonly events: readonly CoreEvent[];
  readonly handedOver: readonly ReadyUpdate[];
  /** An AppImage as the installed program would be one. */
  readonly appImage: string;
  /** Programs that were started anew after one was put in place. */
  readonly started: readonly (string | null)[];
  check(): Promise<UpdateState>;
  download(): Promise<UpdateState>;
  putInPlace(update: ReadyUpdate): Promise<void>;
  /** The same data folder, another life. */
  restart(): Promise<void>;
}

export interface UpdatesOptions {
  readonly kind?: UpdateKind | null;
  readonly moreKeys?: readonly string[];
}

export async function startUpdates(options: UpdatesOptions = {}): Promise<UpdatesUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-updates-"));
  const clock = new FakeClock();
  const server = await startUpdateServer(clock.nowMs());
  const events: CoreEvent[] = [];
  const handedOver: ReadyUpdate[] = [];
  const started: (string | null)[] = [];
  const appImage = join(folder, "Pilothouse.AppImage");
  const open = (): Updates => {
    const updates = createUpdates(
      {
        source: { feed: server.feed, keys: [...(options.moreKeys ?? []), server.publicKey] },
        kind: options.kind === undefined ? "appimage" : options.kind,
        arch: "x64",
        install: (update) => handedOver.push(update),
      },
      {
        version: "0.1.0",
        dataFolder: folder,
        clock,
        journal: { publish: (event) => void events.push(event) },
        fetch: new OutgoingNetwork({ settings: () => DEFAULT_NETWORK }).fetch,
        looksByItself: () => true,
        reportBug: (error) => {
          throw error;
        },
      },
    );
    if (updates === null) throw new Error("this build looks for no updates");
    return updates;
  };
  let updates = open();
  return {
    server,
    clock,
    folder,
    events,
    handedOver,
    appImage,
    started,
    get updates() {
      return updates;
    },
    check: () => settled(updates, () => updates.check()),
    download: () => settled(updates, () => updates.download()),
    putInPlace: (update) =>
      installUpdate(update, {
        appImage,
        open: async () => "",
        quit: (startAnew) => started.push(startAnew),
      }),
    async restart() {
      await updates[Symbol.asyncDispose]();
      updates = open();
    },
    async [Symbol.asyncDispose]() {
      await updates[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The states that were told of, in order; a repeated one counts once. */
export function expectPublished({ events }: UpdatesUnderTest, kinds: readonly UpdateState["kind"][]): void {
  const told = events.flatMap((event) => (event.type === "update.changed" ? [event.state.kind] : []));
  expect(told.filter((kind, index) => kind !== told[index - 1])).toEqual(kinds);
}

/** What something that was begun ends with. */
async function settled(updates: Updates, begin: () => unknown): Promise<UpdateState> {
  begin();
  await updates.idle();
  return updates.state();
}
