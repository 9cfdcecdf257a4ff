import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClientOptions, WebSocket } from "ws";
import { AppError } from "#contract/errors.ts";
import type { Clock } from "#core/clock.ts";
import type { CoreHost } from "#main/core-host.ts";
import type { DataFolder } from "#main/platform/index.ts";
import { RPC_PATH } from "#main/rpc/index.ts";

/** How long a core that makes room, or one that is about to end, gets; the window waits and says that it connects. */
const HAND_OVER_MS = 30_000;
const RETRY_MS = 50;
const ANSWER_MS = 5_000;
/** Holders that go: a command's own core, and one that has taken its name off already. */
const TEMPORARY: readonly unknown[] = ["cli", "unknown"];

export interface TakeFolderDeps {
  readonly data: DataFolder;
  readonly clock: Clock;
  readonly open: () => Promise<CoreHost>;
  readonly signal: AbortSignal;
}

/**
 * Opens the core, and asks one that a command line runs for itself to make room. Null when another lasting one
 * stays that answers windows, which `pilothouse serve` does.
 *
 * @throws AppError `core.already_running` when one holds the folder that does neither, and why it cannot be opened
 */
export async function takeFolder({ clock, data, open, signal }: TakeFolderDeps): Promise<CoreHost | null> {
  const deadlineMs = clock.monotonicMs() + HAND_OVER_MS;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const holder = holderOf(error);
      if (holder === "web") return null;
      const isTemporary = TEMPORARY.includes(holder);
      if (!isTemporary || clock.monotonicMs() > deadlineMs || signal.aborted) throw error;
      if (holder === "cli") await askToYield(data.socket);
    }
    await sleep(RETRY_MS);
  }
}

/** What kind of core has the folder; null when that is not the trouble. */
function holderOf(error: unknown): unknown {
  const isHeld = error instanceof AppError && error.code === "core.already_running";
  return isHeld ? error.details["entry"] : null;
}

/** Resolves when it was answered, or when nobody answers: the folder is tried again in any case. */
function askToYield(path: string): Promise<void> {
  const options: ClientOptions & { createConnection: () => ReturnType<typeof createConnection> } = {
    createConnection: () => createConnection(path),
    handshakeTimeout: ANSWER_MS,
  };
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://localhost${RPC_PATH}`, options);
    const end = () => {
      clearTimeout(late);
      socket.terminate();
      resolve();
    };
    const late = setTimeout(end, ANSWER_MS);
    socket.on("open", () =>
      socket.send(JSON.stringify({ id: 1, method: "mutation", params: { path: "system.yieldFolder" } })),
    );
    socket.on("message", end);
    socket.on("error", end);
    socket.on("close", end);
  });
}
