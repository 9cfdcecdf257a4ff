import { AppError } from "#contract/errors.ts";
import type { EntryCapabilities } from "#contract/system.ts";
import type { CoreHost } from "#main/core-host.ts";
import { type RpcPort, RpcPortServer } from "#main/rpc/index.ts";
import type { FromCore } from "./host-messages.ts";
import { LIVE_STATES, RUNS_AT_START, RunWatch } from "./run-watch.ts";
import type { ServedCore } from "./served-core.ts";

export interface HostedCoreDeps {
  readonly host: CoreHost;
  readonly tell: (message: FromCore) => void;
}

const DESKTOP_CAPABILITIES: EntryCapabilities = {
  entry: "desktop",
  nativeDialogs: true,
  notifications: true,
  newWindow: true,
};

/** The core of this very process. */
export class HostedCore implements ServedCore {
  readonly #deps: HostedCoreDeps;
  readonly #ports: RpcPortServer;

  constructor(deps: HostedCoreDeps) {
    const { reportBug, router } = deps.host;
    this.#deps = deps;
    this.#ports = new RpcPortServer({
      router,
      context: { door: "window", capabilities: DESKTOP_CAPABILITIES, reportBug },
    });
  }

  /** Begins to tell what happens in it. */
  start(): void {
    const { host, tell } = this.#deps;
    const { faces, journal } = host.core;
    tell({ type: "started", settings: faces.system.settings() });
    const { runs } = faces.runs.list({ limit: RUNS_AT_START, states: [...LIVE_STATES] });
    const watch = new RunWatch(runs, tell);
    let seen = journal.currentId();
    journal.subscribe(() => {
      const news = journal.since(seen);
      seen = news?.id ?? journal.currentId();
      for (const event of news?.events ?? []) {
        watch.take(event);
        if (event.type === "settings.changed") tell({ type: "settings", settings: faces.system.settings() });
      }
    });
  }

  accept(port: RpcPort): void {
    this.#ports.accept(port);
  }

  async lookAgain(): Promise<void> {
    const { core, reportBug } = this.#deps.host;
    const { engines, targets } = core.faces;
    const looks = [
      ...engines.list().map(({ id }) => engines.look(id)),
      ...targets.list().map(({ id }) => targets.probe(id)),
    ];
    for (const look of await Promise.allSettled<unknown>(looks)) {
      // One that does not answer is shown as such.
      if (look.status === "rejected" && !(look.reason instanceof AppError)) reportBug(look.reason, "resume");
    }
  }

  /** The update that was handed over could not be put in place. */
  updateFailed(problem: string): void {
    const error = new AppError("update.not_installed", `The update could not be installed: ${problem}`, {
      details: { problem },
    });
    this.#deps.host.core.faces.updates.installFailed(error);
  }

  async close(): Promise<void> {
    await this.#ports.close();
    await this.#deps.host.close();
  }
}
