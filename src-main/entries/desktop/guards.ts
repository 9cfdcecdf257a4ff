import type { Session, WebContents, WebFrameMain } from "electron";
import { isPagePath } from "#contract/desktop-bridge.ts";
import { isPageAddress, PAGE_ORIGIN } from "./page-address.ts";

/** Everything else that a page can ask a browser for is refused; Electron would grant it all. */
const GRANTED: readonly string[] = ["clipboard-sanitized-write"];
const LOADED = /^(?:app|blob|data|devtools):/;

/** What no page of this session can do, whatever it loads. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(GRANTED.includes(permission)),
  );
  session.setPermissionCheckHandler((_contents, permission) => GRANTED.includes(permission));
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !LOADED.test(url) }));
}

/** What becomes of an address that a page wants a window for. It never gets one itself. */
export interface WindowWishes {
  /** Another window of the program, at a path of the page. */
  readonly openWindow: (path: string) => void;
  readonly openOutside: (address: string) => void;
}

/** Keeps a window on our page: no navigation away, no window of its own, no guest page. */
export function guardContents(contents: WebContents, wishes: WindowWishes): void {
  // Calls between browsers are bound by no policy of the page.
  contents.setWebRTCIPHandlingPolicy("disable_non_proxied_udp");
  contents.on("will-navigate", (event) => {
    if (!isPageAddress(event.url)) event.preventDefault();
  });
  contents.on("will-frame-navigate", (event) => {
    if (!event.isMainFrame || !isPageAddress(event.url)) event.preventDefault();
  });
  contents.on("will-redirect", (event) => {
    if (!isPageAddress(event.url)) event.preventDefault();
  });
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (isPageAddress(url)) openOurs(url, wishes);
    else wishes.openOutside(url);
    return { action: "deny" };
  });
}

function openOurs(address: string, { openWindow }: WindowWishes): void {
  const { pathname, search } = new URL(address);
  if (isPagePath(pathname + search)) openWindow(pathname + search);
}

/** Whether a message comes from our page itself: not from a frame in it, not from a page that is going away. */
export function isOurPage(frame: Pick<WebFrameMain, "origin" | "parent"> | null): boolean {
  return frame !== null && frame.parent === null && frame.origin === PAGE_ORIGIN;
}
