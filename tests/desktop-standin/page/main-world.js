// Runs in the page's own world before anything of the page: its half of the context bridge, and window.open.
// `secret` names the events between the two worlds; a page cannot guess it.
/* global secret */
(() => {
  /** @type {{ value?: unknown, error?: string } | null} */
  let answer = null;
  document.addEventListener(`${secret}:answer`, (event) => {
    answer = /** @type {CustomEvent} */ (event).detail;
  });
  document.addEventListener(`${secret}:expose`, (event) => {
    const { key, names } = /** @type {CustomEvent} */ (event).detail;
    /** @type {Record<string, unknown>} */
    const api = {};
    for (const name of names) {
      api[name] = (/** @type {unknown[]} */ ...args) => {
        answer = null;
        document.dispatchEvent(new CustomEvent(`${secret}:call`, { detail: { key, name, args } }));
        const given = /** @type {{ value?: unknown, error?: string } | null} */ (answer);
        if (given === null) throw new Error("the bridge is gone");
        if (given.error !== undefined) throw new Error(given.error);
        return given.value;
      };
    }
    Object.defineProperty(window, key, { value: Object.freeze(api), enumerable: true });
  });
  /** @param {string | URL | undefined} url */
  const ask = (url) => {
    const address = new URL(url ?? "about:blank", location.href).href;
    document.dispatchEvent(new CustomEvent(`${secret}:open`, { detail: address }));
    return null;
  };
  // A window that Electron would ask its handler about; a real one could freeze its opener under two debuggers.
  window.open = ask;
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[target]") : null;
    if (!(link instanceof HTMLAnchorElement) || link.target === "_self") return;
    event.preventDefault();
    ask(link.href);
  });
})();
