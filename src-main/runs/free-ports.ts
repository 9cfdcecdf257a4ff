import { createServer } from "node:net";
import { AppError } from "#contract/errors.ts";

const ATTEMPTS = 20;

/** Gives out loopback ports that nobody listens on, and none twice while its run lives. */
export class FreePorts {
  readonly #taken = new Set<number>();
  readonly #ask: () => Promise<number>;

  /** @param ask gives a port that is free now */
  constructor(ask: () => Promise<number> = askSystem) {
    this.#ask = ask;
  }

  /** @throws AppError `start.refused` */
  async take(): Promise<number> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const port = await this.#ask();
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
    throw new AppError("start.refused", "No free loopback port was found", {
      details: { command: "", problem: "no free loopback port" },
    });
  }

  /** Remembers the port of a run that was found again. */
  keep(port: number): void {
    this.#taken.add(port);
  }

  giveBack(port: number): void {
    this.#taken.delete(port);
  }
}

function askSystem(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    const refuse = (cause: Error) =>
      reject(
        new AppError("start.refused", `The system gives no loopback port: ${cause.message}`, {
          details: { command: "", problem: cause.message },
          cause,
        }),
      );
    server.once("error", refuse);
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
