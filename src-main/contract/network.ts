import { z } from "zod";

/** `http://host:port`: plain, without a path, and without a name or password, which would lie in a setting. */
const PROXY =
  /^http:\/\/(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$/;
/** A host, or a whole domain with a dot before it. */
const HOST = /^\.?[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/;

/**
 * How the core reaches other computers. Settings and not environment variables, because a packaged desktop reads no
 * variables of Node, and a service started by the system has none of a person's.
 */
export const networkSettingsSchema = z.object({
  /** Proxy for connections to other computers; empty for none. */
  proxy: z.union([z.literal(""), z.string().regex(PROXY)]),
  /** Hosts that are reached without it, e.g. `build.example.com` or `.example.com`. */
  proxyExceptions: z.array(z.string().regex(HOST)).max(100),
  /** PEM file with certificates of authorities that are trusted beside the known ones; empty for none. */
  caFile: z.string().max(4_096),
});
export type NetworkSettings = z.infer<typeof networkSettingsSchema>;

export const DEFAULT_NETWORK: NetworkSettings = { proxy: "", proxyExceptions: [], caFile: "" };
