import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import type Dockerode from "dockerode";
import { type OpenShell, type ShellId, type ShellPiece, shellIdSchema } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import { hangUpOn } from "../engine/hang-up.ts";
import { MultiplexedParser } from "../engine/multiplexed.ts";
import type { FindLink } from "./containers.ts";

interface OpenedShell {
  readonly api: EngineApi;
  readonly exec: Dockerode.Exec;
  readonly stream: Duplex;
  readonly hasTty: boolean;
}

/** A page that forgets to close its shells must not fill the core. */
const MOST_OPEN = 100;

/** Programs that people run inside containers, each with a stream in both directions. */
export class Shells {
  readonly #findLink: FindLink;
  readonly #open = new Map<ShellId, OpenedShell>();

  constructor(findLink: FindLink) {
    this.#findLink = findLink;
  }

  async open(request: OpenShell): Promise<ShellId> {
    const { columns, command, container, engine, hasTty, rows } = request;
    if (this.#open.size >= MOST_OPEN) {
      const details = { engine, problem: `${MOST_OPEN} shells are open`, status: 0 };
      throw new AppError("engine.refused", `No further shell: ${MOST_OPEN} are open`, { details });
    }
    const { api } = this.#findLink(engine);
    const exec = await api.call(
      (docker) =>
        docker.getContainer(container).exec({
          Cmd: [...command],
          AttachStdin: true,
          AttachStdout: true,
          AttachStderr: true,
          Tty: hasTty,
        }),
      { about: container },
    );
    const stream = await api.call(() => exec.start({ hijack: true, stdin: true, Tty: hasTty }), {
      about: container,
    });
    const id = shellIdSchema.parse(randomBytes(16).toString("hex"));
    this.#open.set(id, { api, exec, stream, hasTty });
    stream.on("close", () => setTimeout(() => this.#open.delete(id), FORGET_MS).unref());
    // Its reader hears of it; one that is not read yet must not bring the core down.
    stream.on("error", () => undefined);
    if (hasTty) await this.resize(id, { columns, rows }).catch(() => undefined);
    return id;
  }

  async *output(id: ShellId, signal: AbortSignal): AsyncGenerator<ShellPiece> {
    const { api, exec, hasTty, stream } = this.#get(id);
    using _ = hangUpOn(signal, stream);
    const parser = hasTty ? null : new MultiplexedParser();
    try {
      for await (const chunk of stream) {
        const bytes = chunk as Uint8Array;
        const pieces = parser === null ? [{ stream: "stdout" as const, bytes }] : parser.push(bytes);
        for (const piece of pieces) {
          yield { kind: "output", stream: piece.stream, base64: Buffer.from(piece.bytes).toString("base64") };
        }
      }
      const { ExitCode: exitCode } = await api.call(() => exec.inspect(), { signal });
      yield { kind: "end", exitCode };
    } catch (error) {
      if (!signal.aborted) throw api.translate(error, id);
    } finally {
      this.#open.delete(id);
    }
  }

  async write(id: ShellId, bytes: Uint8Array): Promise<void> {
    const { stream } = this.#get(id);
    if (stream.write(bytes)) return;
    // Whoever types or pastes waits for a program that does not read.
    await new Promise<void>((resolve) => {
      stream.once("drain", resolve).once("close", resolve);
    });
  }

  async endInput(id: ShellId): Promise<void> {
    this.#get(id).stream.end();
  }

  async resize(id: ShellId, size: { readonly columns: number; readonly rows: number }): Promise<void> {
    const { api, exec } = this.#get(id);
    try {
      await api.call(() => exec.resize({ h: size.rows, w: size.columns }));
    } catch (error) {
      // Podman says 201 where Docker says 200; see QUIRKS.md.
      if (!(error instanceof AppError && error.details["status"] === CREATED)) throw error;
    }
  }

  async close(id: ShellId): Promise<void> {
    this.#open.get(id)?.stream.destroy();
    this.#open.delete(id);
  }

  closeAll(): void {
    for (const { stream } of this.#open.values()) stream.destroy();
    this.#open.clear();
  }

  #get(id: ShellId): OpenedShell {
    const shell = this.#open.get(id);
    if (shell !== undefined) return shell;
    throw new AppError("engine.shell_closed", "This shell is not open any more");
  }
}

const CREATED = 201;
/** Time for the reader of a shell that ended at once. */
const FORGET_MS = 60_000;
