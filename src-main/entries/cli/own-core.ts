import type { CoreHostOptions } from "#main/core-host.ts";
import { openCoreHost } from "#main/core-host.ts";
import type { OwnCore } from "./core-link.ts";

/** The answer to whoever asked for the folder is on its way by then. */
const ANSWER_MS = 20;

/** Starts a core for one command, which makes room when `mayYield` allows it. */
export async function startOwnCore(
  options: Pick<CoreHostOptions, "data" | "place" | "clock">,
  mayYield: () => boolean,
): Promise<OwnCore> {
  const yielded = new AbortController();
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= host.close();
    return closing;
  };
  const host = await openCoreHost({
    ...options,
    entry: "cli",
    createSignInLink: () => null,
    yieldFolder: () => {
      if (!mayYield()) return false;
      options.clock.after(ANSWER_MS, () => {
        yielded.abort();
        void close();
      });
      return true;
    },
  });
  return { close, yielded: yielded.signal };
}
