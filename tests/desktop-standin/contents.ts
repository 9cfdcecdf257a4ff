import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "./app.ts";
import { note, Refusable, strict } from "./control.ts";
import type { Browser, DevtoolsEvent } from "./devtools.ts";
import { ipcMain } from "./ipc.ts";
import { MessagePortMain, PortEnd } from "./ports.ts";
import { answerRequest, fromBrowser, originOf, toBrowser } from "./session.ts";

/** The name Electron gives the world of a preload. */
const PRELOAD_WORLD = "Electron Isolated Context";
const PAGE_SCRIPTS = join(import.meta.dirname, "page");

type OpenHandler = (details: { url: string }) => { action: "allow" | "deny" };
type ContentsMembers = Pick<
  Electron.WebContents,
  "getURL" | "id" | "isDestroyed" | "loadURL" | "reload" | "send"
>;

/** What the preload's world says to the main process. */
type PageMessage =
  | { type: "ipc"; channel: string; args: unknown[]; ports: string[] }
  | { type: "port"; id: string; data: unknown }
  | { type: "port-close"; id: string }
  | { type: "exposed"; key: string; names: string[] }
  | { type: "open"; url: string }
  | { type: "posted"; origin: string }
  | { type: "preload-error"; message: string };

interface RequestPaused {
  readonly requestId: string;
  readonly request: { readonly url: string; readonly method: string };
  readonly resourceType: string;
  readonly frameId: string;
}

let lastId = 0;

/** One page in the real browser, with the preload in a world of its own. */
export class WebContents extends EventEmitter implements ContentsMembers {
  readonly id: number;
  readonly #browser: Browser;
  readonly #secret = `standin-${crypto.randomUUID()}`;
  readonly #preloadFile: string;
  readonly #opened = Promise.withResolvers<void>();
  readonly #ports = new Map<string, PortEnd>();
  #openHandler: OpenHandler = () => ({ action: "allow" });
  #session = "";
  #target = "";
  #world: number | null = null;
  #unsent: object[] = [];
  #address = "";
  /** Loads that the program itself asked for: no `will-navigate` for them. */
  #ownLoads = 0;
  #isDestroyed = false;

  constructor(browser: Browser, preloadFile: string) {
    super();
    lastId += 1;
    this.id = lastId;
    this.#browser = browser;
    this.#preloadFile = preloadFile;
    browser.onEvent((event) => {
      if (event.sessionId === this.#session && this.#session !== "") this.#hear(event);
    });
    queueMicrotask(() => app.emit("web-contents-created", new Refusable(), strict("webContents", this)));
  }

  get target(): string {
    return this.#target;
  }

  async openTarget(): Promise<void> {
    this.#target = await this.#browser.openPage();
    const attached = await this.#browser.send("Target.attachToTarget", {
      targetId: this.#target,
      flatten: true,
    });
    this.#session = String(attached["sessionId"]);
    await this.#call("Page.enable");
    await this.#call("Runtime.enable");
    await this.#call("Inspector.enable");
    await this.#call("Fetch.enable", { patterns: [{ urlPattern: "*" }] });
    await this.#call("Runtime.addBinding", { name: this.#secret, executionContextName: PRELOAD_WORLD });
    await this.#call("Page.addScriptToEvaluateOnNewDocument", { source: this.#mainScript() });
    await this.#call("Page.addScriptToEvaluateOnNewDocument", {
      source: this.#preloadScript(),
      worldName: PRELOAD_WORLD,
    });
    this.#opened.resolve();
  }

  getURL(): string {
    return this.#address;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  async loadURL(address: string): Promise<void> {
    await this.#opened.promise;
    this.#ownLoads += 1;
    const url = toBrowser(address);
    await this.#browser.forget(new URL(url).origin, this.#session);
    const { errorText } = await this.#call("Page.navigate", { url });
    if (errorText !== undefined) throw new Error(`${String(errorText)} loading '${address}'`);
  }

  reload(): void {
    this.#ownLoads += 1;
    // A page that goes away meanwhile is not loaded again.
    this.#call("Page.reload").catch(() => undefined);
  }

  setWebRTCIPHandlingPolicy(policy: string): void {
    note("contents.webRTC", { policy });
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  send(channel: string, ...args: unknown[]): void {
    note("send", { channel, args });
    this.#tellPage({ type: "ipc", channel, args });
  }

  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    this.#closePorts();
    await this.#browser.closePage(this.#target);
  }

  #hear({ method, params }: DevtoolsEvent): void {
    if (method === "Runtime.bindingCalled") {
      this.#receive(JSON.parse(String(params["payload"])) as PageMessage);
    } else if (method === "Runtime.executionContextCreated") {
      this.#enterWorld(params["context"] as { id: number; name: string });
    } else if (method === "Runtime.executionContextsCleared") {
      this.#world = null;
      this.#closePorts();
    } else if (method === "Fetch.requestPaused") {
      void this.#answer(params as Partial<RequestPaused> as RequestPaused);
    } else if (method === "Page.frameNavigated") {
      const frame = params["frame"] as { parentId?: string; url: string };
      if (frame.parentId === undefined) this.#address = fromBrowser(frame.url);
    } else if (method === "Page.loadEventFired") {
      this.emit("did-finish-load");
    } else if (method === "Inspector.targetCrashed") {
      this.#world = null;
      this.#closePorts();
      this.emit("render-process-gone", new Refusable(), { reason: "crashed", exitCode: 5 });
    }
  }

  #enterWorld({ id, name }: { id: number; name: string }): void {
    if (name !== PRELOAD_WORLD) return;
    this.#world = id;
    for (const message of this.#unsent.splice(0)) this.#tellPage(message);
  }

  #receive(message: PageMessage): void {
    if (message.type === "ipc") this.#receiveIpc(message);
    else if (message.type === "port") this.#ports.get(message.id)?.post(message.data);
    else if (message.type === "port-close") {
      this.#ports.get(message.id)?.close();
      this.#ports.delete(message.id);
    } else if (message.type === "exposed") note("bridge.exposed", { key: message.key, names: message.names });
    else if (message.type === "preload-error") note("preload.error", { message: message.message });
    else if (message.type === "posted") note("page.posted", { origin: message.origin });
    else this.#askToOpen(fromBrowser(message.url));
  }

  #receiveIpc({ args, channel, ports }: Extract<PageMessage, { type: "ipc" }>): void {
    const taken = ports.map((id) => {
      const [pageEnd, mainEnd] = PortEnd.pair();
      this.#ports.set(id, pageEnd);
      pageEnd.attach({
        deliver: (data) => this.#tellPage({ type: "port", id, data }),
        closed: () => {
          if (this.#ports.delete(id)) this.#tellPage({ type: "port-close", id });
        },
      });
      return new MessagePortMain(mainEnd);
    });
    note("ipc", { channel, ports: ports.length });
    const senderFrame = { origin: originOf(this.#address), parent: null, url: this.#address };
    ipcMain.emit(channel, { sender: this, senderFrame, ports: taken }, ...args);
  }

  #askToOpen(url: string): void {
    const { action } = this.#openHandler({ url });
    note("window.open", { url, action });
  }

  async #answer({ frameId, request, requestId, resourceType }: RequestPaused): Promise<void> {
    const url = fromBrowser(request.url);
    if (resourceType === "Document" && !this.#mayNavigate(url, frameId)) {
      note("navigation.refused", { url });
      await this.#fail(requestId, "Aborted");
      return;
    }
    const response = await answerRequest(url, request.method);
    if (response === null) {
      await this.#fail(requestId, "BlockedByClient");
      return;
    }
    const body = Buffer.from(await response.arrayBuffer()).toString("base64");
    const responseHeaders = [...response.headers].map(([name, value]) => ({ name, value }));
    // A page that went away meanwhile takes its request along.
    await this.#call("Fetch.fulfillRequest", {
      requestId,
      responseCode: response.status,
      responseHeaders,
      body,
    }).catch(() => undefined);
  }

  #mayNavigate(url: string, frameId: string): boolean {
    const isMainFrame = frameId === this.#target;
    if (isMainFrame && this.#ownLoads > 0) {
      this.#ownLoads -= 1;
      return true;
    }
    const event = Object.assign(new Refusable(), { url, isMainFrame, isSameDocument: false });
    this.emit("will-frame-navigate", event);
    if (isMainFrame) this.emit("will-navigate", event);
    if (!event.defaultPrevented) note("navigation.allowed", { url });
    return !event.defaultPrevented;
  }

  async #fail(requestId: string, errorReason: string): Promise<void> {
    await this.#call("Fetch.failRequest", { requestId, errorReason }).catch(() => undefined);
  }

  #tellPage(message: object): void {
    if (this.#world === null) {
      if (!("type" in message && String(message.type).startsWith("port"))) this.#unsent.push(message);
      return;
    }
    const expression = `window[${JSON.stringify(`${this.#secret}:receive`)}](${JSON.stringify(message)})`;
    // A page that went away takes what was meant for it along; its ports are closed then.
    this.#call("Runtime.evaluate", { expression, contextId: this.#world }).catch(() => undefined);
  }

  /** The page is gone: whoever held the other ends is told. */
  #closePorts(): void {
    for (const [id, end] of [...this.#ports]) {
      this.#ports.delete(id);
      end.close();
    }
  }

  #call(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    return this.#browser.send(method, params, this.#session);
  }

  #mainScript(): string {
    return `{ const secret = ${JSON.stringify(this.#secret)}; ${scriptOf("main-world.js")} }`;
  }

  #preloadScript(): string {
    const preload = readFileSync(this.#preloadFile, "utf8");
    const drops = JSON.stringify(process.env["STANDIN_DROPS"] ?? "");
    return `{ const secret = ${JSON.stringify(this.#secret)}; const drops = ${drops};
      const preload = (require, module, exports, window) => { ${preload} };
      ${scriptOf("preload-world.js")} }`;
  }
}

function scriptOf(name: string): string {
  return readFileSync(join(PAGE_SCRIPTS, name), "utf8");
}
