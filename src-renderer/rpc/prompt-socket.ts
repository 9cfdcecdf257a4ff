/** How long a peer may take to answer the end of a connection. */
const FAREWELL_MS = 500;

/**
 * A socket that is over soon after it was closed, whatever the other side does.
 *
 * The browser's own waits up to a minute for a peer that does not answer, and a core that hangs is just that.
 * Nothing that arrives after the end is handed on: by then the streams have moved to another connection, and a
 * line would be there twice.
 */
export class PromptWebSocket extends WebSocket {
  #isOver = false;

  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    const stop = (event: Event) => {
      if (this.#isOver) event.stopImmediatePropagation();
    };
    // Before anybody else listens, so that it is asked first.
    for (const name of ["message", "error", "close"]) this.addEventListener(name, stop);
    this.addEventListener("close", () => {
      this.#isOver = true;
    });
  }

  override close(code?: number, reason?: string): void {
    super.close(code, reason);
    setTimeout(() => {
      if (!this.#isOver) this.dispatchEvent(new CloseEvent("close", { code: 1006 }));
    }, FAREWELL_MS);
  }
}
