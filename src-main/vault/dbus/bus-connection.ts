import { connect, type Socket } from "node:net";
import { type BusEnvironment, busPaths } from "./bus-address.ts";
import { type BusCall, type BusMessage, decodeMessage, encodeCall } from "./bus-message.ts";
import type { BusValue } from "./bus-values.ts";

const BUS = {
  destination: "org.freedesktop.DBus",
  path: "/org/freedesktop/DBus",
  interface: "org.freedesktop.DBus",
};

/** What an asked object answered instead of a reply. */
export class BusError extends Error {
  override readonly name = "BusError";
  readonly errorName: string;

  constructor(errorName: string, message: string) {
    super(message);
    this.errorName = errorName;
  }
}

/** No bus: none is named, nobody listens, or it turned us away. */
export class NoBus extends Error {
  override readonly name = "NoBus";
  readonly isDenied: boolean;

  constructor(message: string, isDenied: boolean, cause?: unknown) {
    super(message, { cause });
    this.isDenied = isDenied;
  }
}

/**
 * One connection to the session bus, for a handful of calls. It holds no deadline of its own: whoever asks
 * disposes it, and everything that still waits is rejected.
 */
export class BusConnection {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, PromiseWithResolvers<readonly BusValue[]>>();
  readonly #listeners = new Set<(signal: BusMessage) => void>();
  #unread: Buffer;
  #serial = 0;

  private constructor(socket: Socket, unread: Buffer) {
    this.#socket = socket;
    this.#unread = unread;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    socket.on("close", () => this.#end(new NoBus("the bus closed the connection", false)));
    // `close` follows and says it.
    socket.on("error", () => undefined);
  }

  /** @throws NoBus */
  static async open(env: BusEnvironment, signal: AbortSignal): Promise<BusConnection> {
    const paths = busPaths(env);
    let failure = new NoBus("the environment names no session bus", false);
    for (const path of paths) {
      try {
        const { socket, rest } = await greet(path, signal);
        const bus = new BusConnection(socket, rest);
        await bus.call({ ...BUS, member: "Hello" });
        return bus;
      } catch (error) {
        if (!(error instanceof NoBus)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** The values of the reply. @throws BusError, NoBus */
  call(request: BusCall): Promise<readonly BusValue[]> {
    this.#serial += 1;
    const reply = Promise.withResolvers<readonly BusValue[]>();
    this.#waiting.set(this.#serial, reply);
    this.#socket.write(encodeCall(request, this.#serial));
    return reply.promise;
  }

  /** Asks the bus itself. */
  async ask(member: string, signature = "", body: readonly BusValue[] = []): Promise<BusValue | undefined> {
    const [answer] = await this.call({ ...BUS, member, signature, body });
    return answer;
  }

  /** Resolves with the first signal that `fits`, from now on. The match rule must have been added. */
  nextSignal(fits: (signal: BusMessage) => boolean): Promise<BusMessage> {
    const next = Promise.withResolvers<BusMessage>();
    const listener = (signal: BusMessage) => {
      if (!fits(signal)) return;
      this.#listeners.delete(listener);
      next.resolve(signal);
    };
    this.#listeners.add(listener);
    this.#socket.once("close", () => next.reject(new NoBus("the bus closed the connection", false)));
    return next.promise;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
    this.#end(new NoBus("the connection was given up", false));
  }

  #take(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    try {
      for (let next = decodeMessage(this.#unread); next !== null; next = decodeMessage(this.#unread)) {
        this.#unread = this.#unread.subarray(next.length);
        this.#dispatch(next.message);
      }
    } catch (cause) {
      this.#end(new NoBus("the bus said what is no message", false, cause));
      this.#socket.destroy();
    }
  }

  #dispatch(message: BusMessage): void {
    if (message.kind === "signal") {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.replySerial);
    this.#waiting.delete(message.replySerial);
    if (message.kind === "reply") waiting?.resolve(message.body);
    else waiting?.reject(new BusError(message.errorName, String(message.body[0] ?? message.errorName)));
  }

  #end(error: NoBus): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Connects and says who we are, as the bus wants it: the user's number, which the kernel vouches for. */
function greet(path: string, signal: AbortSignal): Promise<{ socket: Socket; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let heard: Buffer = Buffer.alloc(0);
    const giveUp = () => socket.destroy(new NoBus("the bus does not answer", false));
    signal.addEventListener("abort", giveUp, { once: true });
    const fail = (error: NodeJS.ErrnoException) => {
      const isDenied = error.code === "EACCES" || error.code === "EPERM";
      reject(error instanceof NoBus ? error : new NoBus(error.message, isDenied, error));
    };
    socket.once("error", fail);
    socket.once("close", () => fail(new NoBus("the bus closed the connection", false)));
    socket.once("connect", () => {
      const user = Buffer.from(String(process.getuid?.() ?? 0)).toString("hex");
      socket.write(`\0AUTH EXTERNAL ${user}\r\n`);
    });
    socket.on("data", function hear(bytes: Buffer) {
      heard = Buffer.concat([heard, bytes]);
      const end = heard.indexOf("\r\n");
      if (end < 0) return;
      socket.off("data", hear);
      if (!heard.toString("latin1", 0, end).startsWith("OK ")) {
        socket.destroy(new NoBus("the bus does not let this user in", true));
        return;
      }
      socket.removeAllListeners("error").removeAllListeners("close");
      signal.removeEventListener("abort", giveUp);
      socket.write("BEGIN\r\n");
      resolve({ socket, rest: heard.subarray(end + 2) });
    });
  });
}
