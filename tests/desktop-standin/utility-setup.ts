// Loaded into every utility process before its script: gives it `process.parentPort` and Electron's ports.
import { EventEmitter } from "node:events";
import type { UtilityMessage } from "./utility.ts";

function send(message: UtilityMessage): void {
  if (process.connected) process.send?.(message);
}

class Port extends EventEmitter {
  readonly #id: string;
  readonly #waiting: unknown[] = [];
  #isStarted = false;

  constructor(id: string) {
    super();
    this.#id = id;
  }

  postMessage(data: unknown): void {
    send({ type: "port", id: this.#id, data });
  }

  start(): void {
    this.#isStarted = true;
    for (const data of this.#waiting.splice(0)) this.emit("message", { data, ports: [] });
  }

  close(): void {
    send({ type: "port-close", id: this.#id });
  }

  take(data: unknown): void {
    if (this.#isStarted) this.emit("message", { data, ports: [] });
    else this.#waiting.push(data);
  }
}

const ports = new Map<string, Port>();
const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (data: unknown) => send({ type: "message", data, ports: [] }),
});

process.on("message", (message: UtilityMessage) => {
  if (message.type === "message") {
    const taken = message.ports.map((id) => {
      const port = new Port(id);
      ports.set(id, port);
      return port;
    });
    parentPort.emit("message", { data: message.data, ports: taken });
  } else if (message.type === "port") ports.get(message.id)?.take(message.data);
  else {
    ports.get(message.id)?.emit("close");
    ports.delete(message.id);
  }
});
// The one who started it is gone, and a utility process never outlives the program.
process.on("disconnect", () => process.exit(1));
Object.defineProperty(process, "parentPort", { value: parentPort });
Object.defineProperty(process, "type", { value: "utility" });
