export type { WebControls } from "./local-request.ts";
export { NONCE_LIFE_MS } from "./nonce-mint.ts";
export { openBrowser } from "./open-browser.ts";
export { SessionMemory } from "./session-memory.ts";
export { type Credentials, LINK_LIFE_MS, SESSION_IDLE_MS } from "./sign-in.ts";
export { startWebServer, type WebServer, type WebServerDeps } from "./web-server.ts";
