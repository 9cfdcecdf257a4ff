import { EventEmitter } from "node:events";

/** Where what arrives at one end of a channel goes: an object here, a page, or a process. */
export interface PortSink {
  deliver(data: unknown): void;
  closed(): void;
}

/** One end of a channel, wherever that end lives now. */
export class PortEnd {
  other: PortEnd | null = null;
  #sink: PortSink | null = null;
  #waiting: unknown[] = [];
  #isClosed = false;

  static pair(): readonly [PortEnd, PortEnd] {
    const [one, two] = [new PortEnd(), new PortEnd()];
    one.other = two;
    two.other = one;
    return [one, two];
  }

  post(data: unknown): void {
    if (!this.#isClosed) this.other?.take(data);
  }

  take(data: unknown): void {
    if (this.#sink === null) this.#waiting.push(data);
    else this.#sink.deliver(data);
  }

  attach(sink: PortSink): void {
    this.#sink = sink;
    for (const data of this.#waiting.splice(0)) sink.deliver(data);
    if (this.#isClosed) sink.closed();
  }

  /** Before the end moves elsewhere: what arrives meanwhile waits. */
  detach(): void {
    this.#sink = null;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#sink?.closed();
    this.other?.close();
  }
}

/** Electron's port of the main process: silent until started, and useless once it was handed on. */
export class MessagePortMain
  extends EventEmitter
  implements Pick<Electron.MessagePortMain, "postMessage" | "start" | "close">
{
  #end: PortEnd | null;

  constructor(end: PortEnd) {
    super();
    this.#end = end;
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new Error("the stand-in does not send ports through ports");
    this.#end?.post(cloned(message));
  }

  start(): void {
    this.#end?.attach({
      deliver: (data) => setImmediate(() => this.emit("message", { data, ports: [] })),
      closed: () => setImmediate(() => this.emit("close")),
    });
  }

  close(): void {
    this.#end?.close();
  }

  /** Hands the end on; the port is neutered, as after a transfer. */
  release(): PortEnd {
    const end = this.#end;
    if (end === null) throw new TypeError("Port at index 0 is already neutered.");
    this.#end = null;
    end.detach();
    return end;
  }
}

/** Only ports can be transferred from the main process; anything else is a TypeError in Electron too. */
export function releaseAll(transfer: readonly unknown[]): PortEnd[] {
  return transfer.map((port, index) => {
    if (!(port instanceof MessagePortMain)) throw new TypeError(`Port at index ${index} is not a valid port`);
    return port.release();
  });
}

/** As JSON, which is all that this program sends; whatever a structured clone would carry beyond it is refused. */
export function cloned<T>(value: T): T {
  const text = JSON.stringify(value, (_key, part: unknown) => {
    const isPlain = part === null || Array.isArray(part) || Object.getPrototypeOf(part) === Object.prototype;
    if (
      typeof part === "function" ||
      typeof part === "symbol" ||
      typeof part === "bigint" ||
      (typeof part === "object" && !isPlain)
    ) {
      throw new Error("An object could not be cloned.");
    }
    return part;
  });
  return text === undefined ? value : (JSON.parse(text) as T);
}
