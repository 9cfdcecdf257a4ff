import { createConnection } from "node:net";
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from "@trpc/client";
import { type ClientOptions, WebSocket } from "ws";
import type { CoreEvent } from "#contract/events.ts";
import { type AppRouter, bridgePort, type RpcPort, WINDOW_PATH } from "#main/rpc/index.ts";
import type { FromCore } from "./host-messages.ts";
import { LIVE_STATES, RUNS_AT_START, RunWatch } from "./run-watch.ts";
import type { ServedCore } from "./served-core.ts";

export interface AttachedCoreDeps {
  /** The local socket of the data folder. */
  readonly socketPath: string;
  readonly tell: (message: FromCore) => void;
}

/**
 * The core of another entry that stays, e.g. `pilothouse serve`: the windows are shown what it knows, by its local
 * socket, which only the person's own programs can open. It is not ours to end.
 */
export class AttachedCore implements ServedCore {
  readonly #deps: AttachedCoreDeps;
  readonly #client: TRPCClient<AppRouter>;
  readonly #closeClient: () => Promise<void>;
  readonly #gone = Promise.withResolvers<void>();

  constructor(deps: AttachedCoreDeps) {
    this.#deps = deps;
    const options = { createConnection: () => createConnection(deps.socketPath) };
    class LocalWebSocket extends WebSocket {
      constructor(address: string | URL) {
        super(address, options as ClientOptions);
      }
    }
    const socket = createWSClient({
      url: `ws://localhost${WINDOW_PATH}`,
      // The two classes differ only in types that tRPC does not use.
      WebSocket: LocalWebSocket as unknown as typeof globalThis.WebSocket,
      // Once is enough: whoever comes next may be of another kind.
      onClose: () => this.#gone.resolve(),
    });
    this.#closeClient = () => socket.close();
    this.#client = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
  }

  /** Resolves once the other core is gone. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Begins to tell what happens there. @throws Error when it does not answer */
  async start(): Promise<void> {
    const { tell } = this.#deps;
    tell({ type: "started", settings: await this.#client.system.settings.query() });
    const { runs } = await this.#client.runs.list.query({ limit: RUNS_AT_START, states: [...LIVE_STATES] });
    const watch = new RunWatch(runs, tell);
    this.#client.system.events.subscribe(
      {},
      {
        onData: ({ data }) => {
          for (const event of data.kind === "events" ? data.events : []) this.#take(watch, event);
        },
        // The link is lost, which `gone` tells.
        onError: () => undefined,
      },
    );
  }

  accept(port: RpcPort): void {
    bridgePort(port, this.#deps.socketPath);
  }

  async lookAgain(): Promise<void> {
    const targets = await this.#client.targets.list.query();
    await Promise.all(targets.map(({ id }) => this.#client.targets.probe.mutate({ target: id })));
  }

  async close(): Promise<void> {
    await this.#closeClient();
  }

  #take(watch: RunWatch, event: CoreEvent): void {
    watch.take(event);
    if (event.type !== "settings.changed") return;
    // A link that is lost meanwhile is told by `gone`.
    void this.#client.system.settings.query().then(
      (settings) => this.#deps.tell({ type: "settings", settings }),
      () => undefined,
    );
  }
}
