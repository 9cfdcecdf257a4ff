import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "#contract/errors.ts";
import type { CoreHost } from "#main/core-host.ts";
import type { Call } from "./command.ts";

/** How long a core that makes room, or a command that is about to end, gets. */
const HAND_OVER_MS = 5_000;
const RETRY_MS = 50;
/** Holders that go: a command's own core, and one that has taken its name off already. */
const TEMPORARY: readonly unknown[] = ["cli", "unknown"];

/**
 * Opens a lasting core on the data folder. One that a command line runs for itself makes room; null when
 * another lasting one stays and `--or-attach` was given.
 *
 * @throws AppError `core.already_running`, and why the folder cannot be opened
 */
export async function takeFolder(
  call: Call,
  { createSignInLink }: { readonly createSignInLink: () => string | null },
): Promise<CoreHost | null> {
  const { clock, data, place } = call;
  const { openCoreHost } = await import("#main/core-host.ts");
  const deadlineMs = clock.monotonicMs() + HAND_OVER_MS;
  for (;;) {
    try {
      return await openCoreHost({
        data,
        place,
        clock,
        entry: "web",
        createSignInLink,
        yieldFolder: () => false,
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "core.already_running") throw error;
      const holder = error.details["entry"];
      const isTemporary = TEMPORARY.includes(holder) && clock.monotonicMs() < deadlineMs;
      if (!isTemporary) return leaveIt(call, error);
      if (holder === "cli") await askToYield(call);
    }
    await sleep(RETRY_MS);
  }
}

/** Null when that is what the command line asked for. */
function leaveIt(call: Call, error: AppError): null {
  if (call.has("or-attach")) return null;
  throw alreadyRunning(call, error);
}

async function askToYield(call: Call): Promise<void> {
  try {
    const link = await call.attach();
    await link.tell((client) => client.system.yieldFolder.mutate());
    await link[Symbol.asyncDispose]();
  } catch (error) {
    // It has ended meanwhile, which is what was wanted; the folder is tried again in any case.
    if (!(error instanceof AppError)) throw error;
  }
}

function alreadyRunning(call: Call, cause: AppError): AppError {
  const { folder } = call.data;
  const pid = cause.details["pid"];
  const process = pid === undefined ? "" : ` (process ${pid})`;
  return new AppError(
    "core.already_running",
    `Pilothouse already runs on ${folder}${process}. Get a link to its page with: pilothouse open --data ${folder}`,
    { details: cause.details, cause },
  );
}
