import type { RpcPort } from "#main/rpc/index.ts";

/** A core that answers the windows, wherever it runs. */
export interface ServedCore {
  /** Serves the port of a page until either side closes it. */
  accept(port: RpcPort): void;
  /** After a sleep nothing that was known of targets and engines holds. */
  lookAgain(): Promise<void>;
  close(): Promise<void>;
}
