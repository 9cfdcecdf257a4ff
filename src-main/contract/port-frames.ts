import { z } from "zod";

/**
 * What goes over a message port besides the text of tRPC: a port has no handshake, no close code and no count
 * of what is in flight, so both sides say it.
 */

/** From the core: the port is served now; nothing is sent to it before. */
export interface ReadyFrame {
  readonly ready: true;
}

/** From the core: the port closes after this, for this reason; see `SOCKET_CLOSED` in rpc. */
export interface ClosedFrame {
  readonly closed: number;
}

/** From the page: characters of text it has taken in, counted from the beginning. */
export interface TookFrame {
  readonly took: number;
}

export const readyFrameSchema = z.strictObject({ ready: z.literal(true) });
export const closedFrameSchema = z.strictObject({ closed: z.int() });
export const tookFrameSchema = z.strictObject({ took: z.int().nonnegative() });

/** How much a reader takes in before it says so. */
export const TOOK_EVERY_CHARACTERS = 64 * 1024;
