import { once } from "node:events";
import { WebSocket } from "ws";
import { type Chromium, launchChromium } from "./chromium.ts";

export interface DevtoolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
}

interface Waiting {
  readonly method: string;
  readonly resolve: (result: Readonly<Record<string, unknown>>) => void;
  readonly reject: (error: Error) => void;
}

/** A Chromium driven over its DevTools protocol, without anything that somebody who used it before has left. */
export class Browser {
  readonly endpoint: string;
  readonly #socket: WebSocket;
  /** Ours alone; null when another started it and ends it. */
  readonly #own: Chromium | null;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: DevtoolsEvent) => void>();
  /** Pages that we opened, and what waits until each is gone. */
  readonly #pages = new Map<string, PromiseWithResolvers<void>>();
  /** Pages that the browser was asked for and has not named yet. */
  readonly #opening = new Set<Promise<unknown>>();
  #isClosing = false;
  readonly #forgotten = new Set<string>();
  #lastId = 0;

  private constructor(parts: { endpoint: string; own: Chromium | null; socket: WebSocket }) {
    this.endpoint = parts.endpoint;
    this.#own = parts.own;
    this.#socket = parts.socket;
    this.#socket.on("message", (data) => this.#receive(String(data)));
    this.#socket.on("close", () => this.#lost());
  }

  /**
   * In the Chromium that listens at `endpoint`, or in one of its own when there is none. In its one profile, and not
   * in another, because Playwright gives permissions and takes downloads there: so one program uses it at a time.
   */
  static async open(endpoint: string | null): Promise<Browser> {
    const own = endpoint === null ? await launchChromium() : null;
    const address = endpoint ?? own?.endpoint ?? "";
    const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: 1 << 30 });
    await once(socket, "open");
    const browser = new Browser({ endpoint: address, own, socket });
    await browser.send("Target.setDiscoverTargets", { discover: true });
    if (own === null) await browser.send("Browser.resetPermissions");
    return browser;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** A new page; its target. None any more once the browser is being closed. */
  async openPage(): Promise<string> {
    if (this.#isClosing) throw new Error("the browser is being closed");
    const asked = this.send("Target.createTarget", { url: "about:blank" });
    this.#opening.add(asked);
    try {
      const targetId = String((await asked)["targetId"]);
      this.#pages.set(targetId, Promise.withResolvers());
      return targetId;
    } finally {
      this.#opening.delete(asked);
    }
  }

  /** Before the first page of an origin loads: forgets what pages of it have stored for somebody else. */
  async forget(origin: string, sessionId: string): Promise<void> {
    if (this.#forgotten.has(origin)) return;
    this.#forgotten.add(origin);
    await this.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" }, sessionId);
  }

  /** Until the page is gone: one that outlives our connection would ask the network for what we answered. */
  async closePage(targetId: string): Promise<void> {
    const page = this.#pages.get(targetId);
    if (page === undefined) return;
    // It may have closed by itself, or with its browser.
    this.send("Target.closeTarget", { targetId }).catch(page.resolve);
    await page.promise;
  }

  send(method: string, params: object = {}, sessionId?: string): Promise<Readonly<Record<string, unknown>>> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error(`${method}: no browser`));
    this.#lastId += 1;
    const id = this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { method, resolve, reject }));
  }

  onEvent(listener: (event: DevtoolsEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** With every page that was asked for: one that is left behind is seen by the program that uses the browser next. */
  async close(): Promise<void> {
    this.#isClosing = true;
    while (this.#opening.size > 0) await Promise.allSettled(this.#opening);
    await Promise.all([...this.#pages.keys()].map((targetId) => this.closePage(targetId)));
    this.#socket.terminate();
    await this.#own?.close();
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as DevtoolsEvent & {
      id?: number;
      result?: Record<string, unknown>;
      error?: { message: string };
    };
    if (message.id === undefined) {
      if (message.method === "Target.targetDestroyed") this.#forgetPage(String(message.params["targetId"]));
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result ?? {});
    else waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`));
  }

  #forgetPage(targetId: string): void {
    this.#pages.get(targetId)?.resolve();
    this.#pages.delete(targetId);
  }

  #lost(): void {
    for (const targetId of [...this.#pages.keys()]) this.#forgetPage(targetId);
    for (const { method, reject } of this.#waiting.values())
      reject(new Error(`${method}: the browser is gone`));
    this.#waiting.clear();
  }
}
