// Without zod: the preload is loaded before every page, and it must not make code from text even to try it.

/** What the preload puts on the page's `window` as `pilothouse`; absent in a browser. */
export interface DesktopBridge {
  /** Asks for a message port to the core. It arrives as a window message with this nonce, see `PortMessage`. */
  readonly connect: (nonce: string) => void;
  /** Where a file or folder lies that a person dropped on the page; empty when it lies nowhere. */
  readonly pathOf: (file: unknown) => string;
}

/** Name of the bridge on `window`. */
export const BRIDGE_NAME = "pilothouse";

/** Channels between the preload and the main process. */
export const BRIDGE_CHANNELS = { connect: "pilothouse:connect", open: "pilothouse:open" } as const;

/** The window message that carries the page's port. */
export interface PortMessage {
  readonly pilothouse: "port";
  readonly nonce: string;
}

/** The window message that asks the page to show one of its screens, e.g. from the menu or a link. */
export interface OpenMessage {
  readonly pilothouse: "open";
  readonly path: string;
}

const PAGE_PATH = /^\/(?![/\\])[\w\-./@?=&%+]{0,1000}$/;

/** Whether `value` is an address of the page itself, without a host, that may be opened from outside of it. */
export function isPagePath(value: unknown): value is string {
  return typeof value === "string" && PAGE_PATH.test(value);
}
