import { EventEmitter } from "node:events";
import { type ClosedFrame, type ReadyFrame, tookFrameSchema } from "#contract/port-frames.ts";

/** A message port, whoever made it. Values are copied as a structured clone. */
export interface RpcPort {
  post(value: unknown): void;
  onMessage(listener: (value: unknown) => void): void;
  /** Called when the other side closed the port or is gone. */
  onClose(listener: () => void): void;
  /** Nothing is delivered before. */
  start(): void;
  close(): void;
}

export interface PortSocketLimits {
  /** Longest message the other side may send, in characters; a longer one closes the port. */
  readonly maxPayloadCharacters: number;
}

/**
 * A message port in the shape of the server's side of a WebSocket, as far as tRPC touches one.
 *
 * A port has no `bufferedAmount`: the reader says how much it has taken in, and the difference is in flight.
 * Nobody can claim more than was sent; a value of another shape closes the port.
 */
export class PortSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readyState: 1 | 3 = 1;
  isStarted = false;
  readonly #port: RpcPort;
  readonly #limits: PortSocketLimits;
  #sent = 0;
  #taken = 0;

  constructor(port: RpcPort, limits: PortSocketLimits) {
    super();
    this.#port = port;
    this.#limits = limits;
  }

  /** Begins to deliver; call it once the listeners are there. */
  start(): void {
    this.isStarted = true;
    this.#port.onMessage((value) => this.#receive(value));
    this.#port.onClose(() => this.#end());
    this.#port.start();
    this.#port.post({ ready: true } satisfies ReadyFrame);
  }

  /** Characters sent and not yet taken in. */
  get bufferedAmount(): number {
    return this.#sent - this.#taken;
  }

  send(text: string): void {
    if (this.readyState !== this.OPEN) return;
    this.#sent += text.length;
    this.#port.post(text);
  }

  close(code?: number): void {
    if (this.readyState !== this.OPEN) return;
    if (code !== undefined) this.#port.post({ closed: code } satisfies ClosedFrame);
    this.terminate();
  }

  terminate(): void {
    if (this.readyState !== this.OPEN) return;
    this.#port.close();
    this.#end();
  }

  #receive(value: unknown): void {
    if (this.readyState !== this.OPEN) return;
    if (typeof value === "string" && value.length <= this.#limits.maxPayloadCharacters) {
      this.emit("message", Buffer.from(value, "utf8"), false);
      return;
    }
    const took = tookFrameSchema.safeParse(value).data?.took;
    if (took === undefined || took < this.#taken || took > this.#sent) this.terminate();
    else {
      this.#taken = took;
      this.emit("took");
    }
  }

  #end(): void {
    if (this.readyState === this.CLOSED) return;
    this.readyState = this.CLOSED;
    this.emit("close", 1000);
  }
}
