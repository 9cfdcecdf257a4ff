import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from "@trpc/client";
import { type ClientOptions, WebSocket } from "ws";
import { AppError } from "#contract/errors.ts";
import type { Clock, Timer } from "#core/clock.ts";
import type { DataFolder } from "#main/platform/index.ts";
import type { AppRouter } from "#main/rpc/index.ts";
import { CoreWentAway, toAppError } from "./failure.ts";
import { HangWatch } from "./hang-watch.ts";

export type CoreClient = TRPCClient<AppRouter>;

/** A core that this process runs for one command. */
export interface OwnCore {
  /** Ends the core; runs go on. Calling it again waits for the same end. */
  close(): Promise<void>;
  /** Aborted when another entry asked for the data folder. */
  readonly yielded: AbortSignal;
}

export interface CoreLinkDeps {
  readonly data: DataFolder;
  readonly clock: Clock;
  /**
   * Starts a core in this process; `mayYield` is asked when another entry wants the folder. Null for
   * commands that only make sense with a core that runs already.
   */
  readonly startOwn: ((mayYield: () => boolean) => Promise<OwnCore>) | null;
}

/** A core that starts needs a moment between taking the folder and answering. */
const REACH_MS = 10_000;
/** A core that takes the connection and then does not answer for this long hangs. */
const OPEN_MS = 8_000;
/** How long whoever asked for the folder gets before we take it back. */
const YIELD_MS = 5_000;
const RETRY_MS = 50;
const HIGH_WATER_ITEMS = 32;

/**
 * The way to the core of a data folder, kept up while a command lasts.
 *
 * When the core goes away, the link waits for the next one, or starts one of its own; subscriptions go on
 * where they were, and calls that the old core did not begin go to the next one. A core that goes silent in the middle
 * of a call is given up after 30 seconds.
 */
export class CoreLink {
  readonly #deps: CoreLinkDeps;
  readonly #lost = Promise.withResolvers<never>();
  readonly #hangWatch: HangWatch;
  #client: CoreClient | null = null;
  #closeClient: () => Promise<void> = () => Promise.resolve();
  #socket: WebSocket | null = null;
  #own: OwnCore | null = null;
  #opening: Timer | null = null;
  #mayYield = false;
  #isRecovering = false;
  #isClosed = false;

  constructor(deps: CoreLinkDeps) {
    this.#deps = deps;
    this.#hangWatch = new HangWatch({
      clock: deps.clock,
      socket: () => this.#socket,
      onHang: () =>
        this.#lost.reject(unreachable(deps.data.folder, new Error("silence in the middle of a call"))),
    });
    // Nobody may be waiting when the link is lost; the next call says so.
    this.#lost.promise.catch(() => undefined);
  }

  /** @throws AppError `core.unreachable`, or why a core of our own could not start */
  async start(): Promise<void> {
    await this.#reach(0);
    const path = this.#deps.data.socket;
    const keep = (socket: WebSocket) => {
      this.#socket = socket;
    };
    class LocalWebSocket extends WebSocket {
      constructor(address: string | URL) {
        super(address, { createConnection: () => connect(path) } as ClientOptions);
        keep(this);
      }
    }
    this.#watchOpening();
    const socketClient = createWSClient({
      url: "ws://localhost/trpc",
      // The two classes differ only in types that tRPC does not use.
      WebSocket: LocalWebSocket as unknown as typeof globalThis.WebSocket,
      retryDelayMs: () => RETRY_MS,
      onOpen: () => this.#opening?.cancel(),
      onClose: () => void this.#recover(),
    });
    this.#closeClient = () => socketClient.close();
    this.#client = createTRPCClient<AppRouter>({ links: [wsLink({ client: socketClient })] });
  }

  /** Whether the core lives in this process. */
  get isOwn(): boolean {
    return this.#own !== null;
  }

  /** From now on this command only watches, so a core of its own may make room for a lasting one. */
  allowYield(): void {
    this.#mayYield = true;
  }

  /** Asks something that changes nothing, again if the core went away before it answered. */
  ask<T>(question: (client: CoreClient) => Promise<T>): Promise<T> {
    return this.#call(question, () => true);
  }

  /**
   * Tells the core to do something; once, unless the core ended before it began with it.
   *
   * @throws AppError, `core.unreachable` when the core went away and may or may not have done it
   */
  tell<T>(call: (client: CoreClient) => Promise<T>): Promise<T> {
    return this.#call(call, ({ isUnheard }) => isUnheard);
  }

  async #call<T>(
    call: (client: CoreClient) => Promise<T>,
    mayRepeat: (failure: CoreWentAway) => boolean,
  ): Promise<T> {
    if (this.#client === null) throw new Error("the link was not started");
    using _ = this.#hangWatch.beginCall();
    for (;;) {
      try {
        return await Promise.race([call(this.#client), this.#lost.promise]);
      } catch (error) {
        const failure = toAppError(error);
        if (this.#isClosed || !(failure instanceof CoreWentAway) || !mayRepeat(failure)) throw failure;
        await sleep(RETRY_MS);
      }
    }
  }

  /** A subscription's data as they come. Stops reading from the core while the reader is behind. */
  async *stream<T>(
    subscribe: (client: CoreClient, on: StreamEvents<T>) => { unsubscribe(): void },
  ): AsyncGenerator<T> {
    if (this.#client === null) throw new Error("the link was not started");
    const items = new Backlog<T>({
      onFull: () => this.#socket?.pause(),
      onEmpty: () => this.#socket?.resume(),
    });
    this.#lost.promise.catch((error: unknown) => items.end(error));
    const subscription = subscribe(this.#client, {
      onData: (item) => items.push(item),
      onError: (error) => items.end(toAppError(error)),
      onComplete: () => items.end(null),
    });
    try {
      yield* items.drain();
    } finally {
      this.#socket?.resume();
      subscription.unsubscribe();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#hangWatch[Symbol.dispose]();
    this.#opening?.cancel();
    const closing = this.#closeClient().catch(() => undefined);
    // A call that is still on its way would hold the client's own closing up.
    this.#socket?.terminate();
    await closing;
    await this.#own?.close();
  }

  async #recover(): Promise<void> {
    if (this.#isClosed || this.#isRecovering) return;
    this.#isRecovering = true;
    try {
      const hasYielded = this.#own?.yielded.aborted === true;
      await this.#own?.close();
      this.#own = null;
      await this.#reach(hasYielded ? YIELD_MS : 0);
      if (this.#socket?.readyState !== WebSocket.OPEN) this.#watchOpening();
    } catch (error) {
      this.#lost.reject(error);
    } finally {
      this.#isRecovering = false;
    }
  }

  /** Gives the connection up when it is not open in time. */
  #watchOpening(): void {
    const { clock, data } = this.#deps;
    this.#opening?.cancel();
    this.#opening = clock.after(OPEN_MS, () => {
      this.#lost.reject(unreachable(data.folder, new Error("the connection was taken and never answered")));
    });
  }

  /** Waits until a core answers at the socket; starts one after `ownAfterMs` if nobody else has. */
  async #reach(ownAfterMs: number): Promise<void> {
    const { clock, data, startOwn } = this.#deps;
    const startedMs = clock.monotonicMs();
    while (!this.#isClosed && !(await answers(data.socket))) {
      if (startOwn === null) throw unreachable(data.folder, null);
      const waitedMs = clock.monotonicMs() - startedMs;
      try {
        if (waitedMs >= ownAfterMs) {
          await this.#keep(await startOwn(() => this.#mayYield));
          return;
        }
      } catch (error) {
        // Somebody else has just started one, or is about to end; both are over soon.
        if (!(error instanceof AppError) || error.code !== "core.already_running") throw error;
        if (waitedMs > REACH_MS) throw unreachable(data.folder, error);
      }
      await sleep(RETRY_MS);
    }
  }

  async #keep(own: OwnCore): Promise<void> {
    this.#own = own;
    // The command may have ended while its core was starting.
    if (this.#isClosed) await own.close();
  }
}

export interface StreamEvents<T> {
  onData(item: T): void;
  onError(error: unknown): void;
  onComplete(): void;
}

/** What has arrived and was not yet taken. Says when it is more than a reader should let pile up. */
class Backlog<T> {
  readonly #on: { onFull(): void; onEmpty(): void };
  readonly #items: T[] = [];
  #end: { readonly error: unknown } | null = null;
  #wake: () => void = () => undefined;

  constructor(on: { onFull(): void; onEmpty(): void }) {
    this.#on = on;
  }

  push(item: T): void {
    this.#items.push(item);
    if (this.#items.length > HIGH_WATER_ITEMS) this.#on.onFull();
    this.#wake();
  }

  end(error: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  async *drain(): AsyncGenerator<T> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        yield item;
        continue;
      }
      this.#on.onEmpty();
      if (this.#end !== null) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#end.error !== null) throw this.#end.error;
  }
}

/** Whether a core listens at this socket. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function unreachable(folder: string, cause: unknown): AppError {
  const message =
    cause === null
      ? `No Pilothouse runs on ${folder}. Start it with: pilothouse serve`
      : `Another program of Pilothouse holds ${folder} and does not answer`;
  return new AppError("core.unreachable", message, { details: { folder }, cause });
}
