import "./no-eval.ts";
import "./theme/styles.ts";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { navigate } from "wouter/use-browser-location";
import { createI18n } from "../locales/i18n.ts";
import {
  createTabs,
  findDesktopBridge,
  listenForOpen,
  obtainFrom,
  type SessionDeps,
  signIn,
} from "../rpc/index.ts";
import { languageOf, paths, readPaintCache } from "../workbench/index.ts";
import { App } from "./app.tsx";
import { connectDesktop } from "./core-link.ts";
import { acceptDroppedFolders } from "./dropped-folders.ts";

const sessionDeps: SessionDeps = {
  location: window.location,
  history: window.history,
  storage: window.sessionStorage,
  fetch: (path, init) => window.fetch(path, init),
  tabs: createTabs({
    channel: new BroadcastChannel("pilothouse.session"),
    newId: () => window.crypto.randomUUID(),
    after: (delayMs, action) => void setTimeout(action, delayMs),
  }),
};

/** The desktop window has no session. */
const NOTHING_TO_SIGN_IN_TO = Promise.resolve({ kind: "no-session" } as const);

const remembered = readPaintCache(window.localStorage);
const language = languageOf(remembered);
document.documentElement.lang = language;
document.documentElement.dataset["density"] = remembered.density;

const bridge = findDesktopBridge(window);
// Before anything is drawn: the core answers while React sets itself up.
const desktopLink = bridge === null ? null : connectDesktop(obtainFrom(bridge, window));
if (bridge !== null) {
  listenForOpen(window, (path) => navigate(path));
  acceptDroppedFolders(window, bridge, (folder) => navigate(paths.addFolder(folder)));
}

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root element");

createRoot(root).render(
  <StrictMode>
    <App
      i18n={createI18n(language)}
      remembered={remembered}
      sessionDeps={sessionDeps}
      firstSignIn={bridge === null ? signIn(sessionDeps) : NOTHING_TO_SIGN_IN_TO}
      desktopLink={desktopLink}
    />
  </StrictMode>,
);
