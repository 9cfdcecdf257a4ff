import { BRIDGE_NAME, type DesktopBridge, isPagePath, type PortMessage } from "#contract/desktop-bridge.ts";
import type { ObtainPort } from "./port-web-socket.ts";

/** The bridge of the desktop window, or null in a browser. */
export function findDesktopBridge(page: object): DesktopBridge | null {
  const bridge: unknown = Reflect.get(page, BRIDGE_NAME);
  return isBridge(bridge) ? bridge : null;
}

function isBridge(value: unknown): value is DesktopBridge {
  return typeof value === "object" && value !== null && "connect" in value && "pathOf" in value;
}

/**
 * Obtains ports through the bridge. Each request has a nonce of its own, so that no other message of the window
 * can be taken for the answer.
 */
export function obtainFrom(bridge: Pick<DesktopBridge, "connect">, page: Window): ObtainPort {
  return (signal) => {
    const expected: PortMessage = { pilothouse: "port", nonce: crypto.randomUUID() };
    const arrived = new Promise<MessagePort>((resolve) => {
      const listen = (event: MessageEvent<unknown>) => {
        const [port] = event.ports;
        if (event.source !== page || port === undefined || !isSame(event.data, expected)) return;
        page.removeEventListener("message", listen);
        resolve(port);
      };
      page.addEventListener("message", listen, { signal });
    });
    bridge.connect(expected.nonce);
    return arrived;
  };
}

/** Calls `open` whenever the desktop asks for one of the page's screens, until the returned function is called. */
export function listenForOpen(page: Window, open: (path: string) => void): () => void {
  const listen = ({ data, source }: MessageEvent<unknown>) => {
    if (source !== page || fieldOf(data, "pilothouse") !== "open") return;
    const path = fieldOf(data, "path");
    if (isPagePath(path)) open(path);
  };
  page.addEventListener("message", listen);
  return () => page.removeEventListener("message", listen);
}

function isSame(data: unknown, expected: PortMessage): boolean {
  return fieldOf(data, "pilothouse") === expected.pilothouse && fieldOf(data, "nonce") === expected.nonce;
}

function fieldOf(data: unknown, name: string): unknown {
  return typeof data === "object" && data !== null ? Reflect.get(data, name) : undefined;
}
