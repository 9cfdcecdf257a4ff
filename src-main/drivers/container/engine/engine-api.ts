import type { Agent } from "node:http";
import type Dockerode from "dockerode";
import type { EngineId } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import type { Clock } from "#core/clock.ts";
import { describeError } from "#main/platform/index.ts";
import type { EngineAddress, TlsFiles } from "./engine-address.ts";
import { SshAgent } from "./ssh-connection.ts";

export type Docker = Dockerode;

/** The client hands the agent on to Node; its types do not say so. */
type ClientOptions = Dockerode.DockerOptions & { readonly agent?: Agent };

export interface EngineApiDeps {
  readonly engine: EngineId;
  readonly address: EngineAddress;
  readonly clock: Clock;
  /** Connects to an engine behind an address of the network, with what TLS to it needs. */
  readonly agentFor: (tls: TlsFiles | null) => Agent;
  /** For the ssh command, when the engine is behind it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface EngineCallOptions {
  /** Name of the container, image … the call is about, for the message when it is missing. */
  readonly about?: string;
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 10_000;
/** Podman says so with other numbers than 404, too; see QUIRKS.md. */
const NO_SUCH = /no such (container|image|volume|network)\b/i;

/**
 * The one way to an engine: every call has a deadline and fails with an `AppError`. Opening a stream counts as a
 * call; the stream itself has no deadline.
 */
export class EngineApi {
  readonly #deps: EngineApiDeps;
  #docker: Promise<Docker> | null = null;
  #ssh: SshAgent | null = null;

  constructor(deps: EngineApiDeps) {
    this.#deps = deps;
  }

  get engine(): EngineId {
    return this.#deps.engine;
  }

  /**
   * @throws AppError `engine.not_answering`, `engine.no_such_object`, `engine.refused`, `run.cancelled`
   */
  async call<T>(
    action: (docker: Docker, abortSignal: AbortSignal) => Promise<T>,
    options: EngineCallOptions = {},
  ): Promise<T> {
    const { signal, deadlineMs = DEADLINE_MS } = options;
    if (signal?.aborted) throw cancelled();
    this.#docker ??= this.#connect();
    const docker = await this.#docker;
    const abort = new AbortController();
    const ended = Promise.withResolvers<never>();
    const timer = this.#deps.clock.after(deadlineMs, () => {
      ended.reject(this.#notAnswering(`no answer within ${deadlineMs / 1000} s`));
      abort.abort();
    });
    const onAbort = () => {
      ended.reject(cancelled());
      abort.abort();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    const answer = action(docker, abort.signal);
    // After the deadline nobody waits for the answer; it must not become an unhandled rejection.
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, ended.promise]);
    } catch (error) {
      throw this.#translate(error, options.about ?? "");
    } finally {
      timer.cancel();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** The same translation for what a stream throws after it was opened. */
  translate(error: unknown, about = ""): AppError {
    return this.#translate(error, about);
  }

  /** Ends the connection that calls share; what still goes on over it breaks off. */
  async close(): Promise<void> {
    await this.#ssh?.[Symbol.asyncDispose]();
  }

  async #connect(): Promise<Docker> {
    const { default: Docker } = await import("dockerode");
    return new Docker(this.#options());
  }

  #options(): ClientOptions {
    const { address, clock, environment } = this.#deps;
    // The timeout would cut streams that are silent; deadlines are kept here.
    if (address.kind === "socket") return { socketPath: address.path };
    if (address.kind === "ssh") {
      this.#ssh = new SshAgent({ address, clock, environment: { ...environment } });
      return { protocol: "http", host: "engine", port: 80, agent: this.#ssh };
    }
    const { host, port, tls } = address;
    const agent = this.#deps.agentFor(tls);
    return { protocol: tls === null ? "http" : "https", host, port, agent };
  }

  #translate(error: unknown, about: string): AppError {
    if (error instanceof AppError) return error;
    const { engine } = this.#deps;
    const status = statusOf(error);
    const problem = problemOf(error);
    if (status === null) return this.#notAnswering(problem, error);
    if (status === 404 || NO_SUCH.test(problem)) {
      const details = { engine, name: about, problem };
      return new AppError("engine.no_such_object", `${engine}: ${problem}`, { details, cause: error });
    }
    const details = { engine, problem, status };
    return new AppError("engine.refused", `${engine} refused: ${problem}`, { details, cause: error });
  }

  #notAnswering(problem: string, cause?: unknown): AppError {
    const { engine } = this.#deps;
    const details = { engine, problem };
    return new AppError("engine.not_answering", `${engine} does not answer: ${problem}`, { details, cause });
  }
}

function statusOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null || !("statusCode" in error)) return null;
  return typeof error.statusCode === "number" ? error.statusCode : null;
}

/** The engine's own words without what the client put around them. */
function problemOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "json" in error) {
    const { json } = error;
    if (typeof json === "object" && json !== null && "message" in json) return String(json.message).trim();
  }
  return describeError(error)
    .replace(/^\(HTTP code \d+\) [^-]*- /, "")
    .trim();
}

export function cancelled(): AppError {
  return new AppError("run.cancelled", "The request was taken back");
}
