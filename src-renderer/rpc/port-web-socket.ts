import {
  closedFrameSchema,
  readyFrameSchema,
  TOOK_EVERY_CHARACTERS,
  type TookFrame,
} from "#contract/port-frames.ts";

/** What of a `MessagePort` is used, so that a test can stand between. */
export type PagePort = Pick<MessagePort, "postMessage" | "addEventListener" | "start" | "close">;

/** Asks for a fresh port to the core; rejects when there is nobody to ask. */
export type ObtainPort = (signal: AbortSignal) => Promise<PagePort>;

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;
/** WebSocket's own code for a connection that ended without a goodbye. */
const CUT = 1006;
const NORMAL = 1000;

/**
 * A class in the shape of WebSocket over message ports, for tRPC's client: every instance asks for a port of
 * its own, so a reconnect is a new port.
 *
 * What was received is acknowledged after the listeners ran: a busy page takes in less, and the core's streams
 * slow down with it.
 */
export function createPortWebSocket(obtain: ObtainPort): typeof WebSocket {
  class PortWebSocket extends EventTarget {
    static readonly CONNECTING = CONNECTING;
    static readonly OPEN = OPEN;
    static readonly CLOSED = CLOSED;
    // tRPC asks the socket itself for this one before it says that a subscription has ended.
    readonly OPEN = OPEN;
    readonly url = "port:";
    binaryType = "arraybuffer";
    readyState: number = CONNECTING;
    readonly #given = new AbortController();
    #port: PagePort | null = null;
    #taken = 0;
    #told = 0;

    constructor() {
      super();
      obtain(this.#given.signal).then(
        (port) => this.#attach(port),
        () => this.#end(CUT),
      );
    }

    send(text: string): void {
      if (this.readyState === CONNECTING) throw new DOMException("not open yet", "InvalidStateError");
      if (this.readyState === OPEN) this.#port?.postMessage(text);
    }

    close(code = NORMAL): void {
      this.#end(code);
    }

    #attach(port: PagePort): void {
      if (this.readyState !== CONNECTING) {
        port.close();
        return;
      }
      this.#port = port;
      port.addEventListener("message", ({ data }) => this.#receive(data));
      // Fired when the other side closed the port or its process is gone.
      port.addEventListener("close", () => this.#end(CUT));
      port.start();
    }

    #receive(data: unknown): void {
      if (this.readyState === CLOSED) return;
      if (typeof data === "string") this.#deliver(data);
      else if (readyFrameSchema.safeParse(data).success) this.#open();
      else this.#end(closedFrameSchema.safeParse(data).data?.closed ?? CUT);
    }

    #open(): void {
      this.readyState = OPEN;
      this.dispatchEvent(new Event("open"));
    }

    #deliver(text: string): void {
      this.dispatchEvent(new MessageEvent("message", { data: text }));
      this.#taken += text.length;
      if (this.#taken - this.#told < TOOK_EVERY_CHARACTERS) return;
      this.#told = this.#taken;
      this.#port?.postMessage({ took: this.#taken } satisfies TookFrame);
    }

    #end(code: number): void {
      if (this.readyState === CLOSED) return;
      this.readyState = CLOSED;
      this.#given.abort();
      this.#port?.close();
      this.dispatchEvent(Object.assign(new Event("close"), { code, reason: "", wasClean: code === NORMAL }));
    }
  }
  // tRPC's client uses this much of a WebSocket and no more; the transport suite runs over it.
  return PortWebSocket as unknown as typeof WebSocket;
}
