import type { MessagePort } from "node:worker_threads";
import type { RpcPort } from "#main/rpc/index.ts";
import type { PagePort } from "#renderer/rpc/port-web-socket.ts";

/** A port of Node as the core sees ports. */
export function rpcPortOf(port: MessagePort): RpcPort {
  return {
    post: (value) => port.postMessage(value),
    onMessage: (listener) => void port.on("message", listener),
    onClose: (listener) => void port.on("close", listener),
    start: () => port.start(),
    close: () => port.close(),
  };
}

/** A page's end of a port whose listeners do not run while it is paused, as in a page that is busy. */
export class PausablePort implements PagePort {
  readonly #port: MessagePort;
  readonly #listeners: ((event: MessageEvent) => void)[] = [];
  #held: unknown[] | null = null;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on("message", (data: unknown) => {
      if (this.#held === null) this.#deliver(data);
      else this.#held.push(data);
    });
  }

  postMessage(value: unknown): void {
    this.#port.postMessage(value);
  }

  addEventListener(type: string, listener: unknown): void {
    if (type === "message") this.#listeners.push(listener as (event: MessageEvent) => void);
    else this.#port.on("close", listener as () => void);
  }

  start(): void {
    this.#port.start();
  }

  close(): void {
    this.#port.close();
  }

  pause(): void {
    this.#held ??= [];
  }

  goOn(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const data of held) this.#deliver(data);
  }

  #deliver(data: unknown): void {
    for (const listener of this.#listeners) listener(new MessageEvent("message", { data }));
  }
}
