import type { Clock, Timer } from "#core/clock.ts";

/** How often a core that is answering a call is asked whether it is still there. */
export const ASK_MS = 5_000;
/** So many questions in a row without an answer are a core that hangs: 30 s of silence. */
export const UNANSWERED = 6;

/** The parts of a WebSocket the watch touches. */
export interface WatchedSocket {
  readonly readyState: number;
  ping(): void;
  once(event: "pong", heard: () => void): unknown;
}

const OPEN = 1;

export interface HangWatchDeps {
  readonly clock: Clock;
  /** The connection of this moment. */
  readonly socket: () => WatchedSocket | null;
  readonly onHang: () => void;
}

/**
 * Notices that the core went silent in the middle of a call.
 *
 * A call may take as long as it needs: what is asked is whether the core answers at all. Questions are counted and
 * not seconds, so that a command that was stopped with Ctrl-Z and goes on later does not blame the core.
 */
export class HangWatch implements Disposable {
  readonly #deps: HangWatchDeps;
  #calls = 0;
  #unanswered = 0;
  #timer: Timer | null = null;

  constructor(deps: HangWatchDeps) {
    this.#deps = deps;
  }

  /** A call is on its way until the result is disposed. */
  beginCall(): Disposable {
    this.#calls += 1;
    if (this.#timer === null) this.#askLater();
    return {
      [Symbol.dispose]: () => {
        this.#calls -= 1;
        if (this.#calls === 0) this[Symbol.dispose]();
      },
    };
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#unanswered = 0;
  }

  #askLater(): void {
    this.#timer = this.#deps.clock.after(ASK_MS, () => {
      if (this.#unanswered >= UNANSWERED) {
        this.#deps.onHang();
        return;
      }
      this.#ask();
      this.#askLater();
    });
  }

  #ask(): void {
    const socket = this.#deps.socket();
    // A connection that is being made has a deadline of its own.
    if (socket?.readyState !== OPEN) {
      this.#unanswered = 0;
      return;
    }
    this.#unanswered += 1;
    socket.once("pong", () => {
      this.#unanswered = 0;
    });
    socket.ping();
  }
}
