// Runs in the isolated world: what a sandboxed preload finds around it. `secret` names the events between the
// worlds and the binding to the main process, `drops` where dropped files are said to lie.
/* global secret, drops, preload */
(() => {
  if (window !== window.top) return;
  /** @type {(text: string) => void} */
  const tell = Reflect.get(window, secret);
  const send = (/** @type {object} */ message) => tell(JSON.stringify(message));
  /** @type {Map<string, MessagePort>} */
  const ports = new Map();
  let lastPort = 0;
  /** @type {Map<string, ((...args: unknown[]) => void)[]>} */
  const listeners = new Map();
  const exposed = new Map();

  /** @param {MessagePort} given */
  const take = (given) => {
    lastPort += 1;
    const id = String(lastPort);
    // A transfer: the preload's own reference is useless afterwards.
    const port = structuredClone(given, { transfer: [given] });
    ports.set(id, port);
    port.onmessage = ({ data }) => send({ type: "port", id, data });
    port.addEventListener("close", () => {
      if (ports.delete(id)) send({ type: "port-close", id });
    });
    return id;
  };
  const ipcRenderer = {
    /** @param {string} channel @param {unknown} message @param {MessagePort[]} transfer */
    postMessage: (channel, message, transfer = []) =>
      send({ type: "ipc", channel, args: [message], ports: transfer.map(take) }),
    /** @param {string} channel @param {unknown[]} args */
    send: (channel, ...args) => send({ type: "ipc", channel, args, ports: [] }),
    /** @param {string} channel @param {(...args: unknown[]) => void} listener */
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    },
  };
  const contextBridge = {
    /** @param {string} key @param {Record<string, (...args: unknown[]) => unknown>} api */
    exposeInMainWorld(key, api) {
      if (exposed.has(key))
        throw new Error("Cannot bind an API on top of an existing property on the window object");
      exposed.set(key, api);
      send({ type: "exposed", key, names: Object.keys(api) });
      document.dispatchEvent(
        new CustomEvent(`${secret}:expose`, { detail: { key, names: Object.keys(api) } }),
      );
    },
  };
  const webUtils = { getPathForFile: (/** @type {File} */ file) => `${drops}/${file.name}` };
  document.addEventListener(`${secret}:call`, (event) => {
    const { args, key, name } = /** @type {CustomEvent} */ (event).detail;
    let detail;
    try {
      detail = { value: exposed.get(key)[name](...args) };
    } catch (error) {
      detail = { error: String(error) };
    }
    document.dispatchEvent(new CustomEvent(`${secret}:answer`, { detail }));
  });
  document.addEventListener(`${secret}:open`, (event) =>
    send({ type: "open", url: /** @type {CustomEvent} */ (event).detail }),
  );
  Reflect.set(window, `${secret}:receive`, (/** @type {any} */ message) => {
    if (message.type === "port") ports.get(message.id)?.postMessage(message.data);
    if (message.type === "port-close") {
      ports.get(message.id)?.close();
      ports.delete(message.id);
    }
    if (message.type === "ipc") {
      for (const listener of listeners.get(message.channel) ?? []) listener({}, ...message.args);
    }
  });

  const electron = { contextBridge, ipcRenderer, webUtils };
  /** @type {Record<string, unknown>} */
  const modules = { electron, "electron/renderer": electron, "electron/common": {} };
  const require = (/** @type {string} */ id) => {
    if (!Object.hasOwn(modules, id)) throw new Error(`module not found: ${id}`);
    return modules[id];
  };
  const module = { exports: {} };
  // To whom the preload posts what it posts is worth a look: a port that goes to any page is a port that leaks.
  const ownWindow = new Proxy(window, {
    get(target, key) {
      if (key === "postMessage") {
        return (
          /** @type {unknown} */ message,
          /** @type {string} */ origin,
          /** @type {Transferable[]} */ transfer,
        ) => {
          send({ type: "posted", origin });
          target.postMessage(message, origin, transfer);
        };
      }
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  try {
    preload(require, module, module.exports, ownWindow);
  } catch (error) {
    send({ type: "preload-error", message: String(error) });
  }
})();
