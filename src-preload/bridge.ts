import { contextBridge, ipcRenderer, webUtils } from "electron/renderer";
import {
  BRIDGE_CHANNELS,
  BRIDGE_NAME,
  type DesktopBridge,
  isPagePath,
  type OpenMessage,
  type PortMessage,
} from "#contract/desktop-bridge.ts";

/** To this window alone; a page that was navigated away gets nothing. */
const OWN_ORIGIN = "/";

const bridge: DesktopBridge = {
  connect(nonce) {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage(BRIDGE_CHANNELS.connect, null, [port2]);
    const message: PortMessage = { pilothouse: "port", nonce: String(nonce) };
    window.postMessage(message, OWN_ORIGIN, [port1]);
  },
  pathOf: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ""),
};

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge);

ipcRenderer.on(BRIDGE_CHANNELS.open, (_event, path: unknown) => {
  if (!isPagePath(path)) return;
  const message: OpenMessage = { pilothouse: "open", path };
  window.postMessage(message, OWN_ORIGIN);
});
