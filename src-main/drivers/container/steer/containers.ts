import { Readable } from "node:stream";
import type Dockerode from "dockerode";
import type {
  ContainerAction,
  ContainerDetails,
  ContainerLogPiece,
  ContainerPlace,
  FollowContainerLog,
  RemoveContainer,
} from "#contract/engine.ts";
import { toDetails } from "../engine/container-facts.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import type { EngineLink } from "../engine/engine-link.ts";
import { hangUpOn } from "../engine/hang-up.ts";
import { inspectContainer } from "../engine/inspect-container.ts";
import { MultiplexedParser, type StreamPiece } from "../engine/multiplexed.ts";
import { LogEnd } from "./log-end.ts";

export type FindLink = (engine: ContainerPlace["engine"]) => EngineLink;

/** The engine itself waits 10 s before it kills what does not stop. */
const STOP_MS = 30_000;
/** One of each stream may be unfinished. */
const LAST_ENTRIES = 2;
const NEVER = new AbortController().signal;

const ACTIONS: Readonly<Record<ContainerAction, (of: Dockerode.Container) => Promise<unknown>>> = {
  start: (of) => of.start(),
  stop: (of) => of.stop(),
  restart: (of) => of.restart(),
  pause: (of) => of.pause(),
  unpause: (of) => of.unpause(),
  kill: (of) => of.kill(),
};

/** What a person does with a single container, whoever made it. */
export class Containers {
  readonly #findLink: FindLink;

  constructor(findLink: FindLink) {
    this.#findLink = findLink;
  }

  list(engine: ContainerPlace["engine"]) {
    return this.#findLink(engine).list();
  }

  async inspect(
    { engine, container }: ContainerPlace,
    signal: AbortSignal = NEVER,
  ): Promise<ContainerDetails> {
    return toDetails(await inspectContainer(this.#findLink(engine).api, container, { signal }));
  }

  async act(place: ContainerPlace, action: ContainerAction): Promise<void> {
    await this.#change(place, (api) =>
      api.call((docker) => ACTIONS[action](docker.getContainer(place.container)), {
        about: place.container,
        deadlineMs: STOP_MS,
      }),
    );
  }

  async rename(place: ContainerPlace, name: string): Promise<void> {
    await this.#change(place, (api) =>
      api.call((docker) => docker.getContainer(place.container).rename({ name }), { about: place.container }),
    );
  }

  async remove({ isForced, withVolumes, ...place }: RemoveContainer): Promise<void> {
    await this.#change(place, (api) =>
      api.call((docker) => docker.getContainer(place.container).remove({ force: isForced, v: withVolumes }), {
        about: place.container,
        deadlineMs: STOP_MS,
      }),
    );
  }

  async *logs(request: FollowContainerLog, signal: AbortSignal): AsyncGenerator<ContainerLogPiece> {
    const { api, engine } = this.#findLink(request.engine);
    const { hasTty } = await this.inspect(request, signal);
    const end = new LogEnd();
    for await (const piece of readLog(api, { ...request, hasTty }, signal)) {
      end.see(piece);
      yield toLogPiece(piece);
    }
    if (!request.isFollowing || engine.product !== "docker" || signal.aborted) return;
    const last = { ...request, isFollowing: false, tailLines: LAST_ENTRIES, hasTty };
    // A log that cannot be read any more, because the container is gone, has nothing to add.
    const pieces = await Array.fromAsync(readLog(api, last, signal)).catch(() => []);
    for (const piece of end.missingFrom(pieces)) yield toLogPiece(piece);
  }

  async *download(place: ContainerPlace, path: string, signal: AbortSignal): AsyncGenerator<string> {
    const { api } = this.#findLink(place.engine);
    const stream = await api.call((docker) => docker.getContainer(place.container).getArchive({ path }), {
      about: `${place.container}:${path}`,
      signal,
    });
    using _ = hangUpOn(signal, stream);
    try {
      for await (const chunk of stream) yield toBase64(chunk as Buffer);
    } catch (error) {
      if (!signal.aborted) throw api.translate(error, place.container);
    }
  }

  /** Looks at the engine right after a change, so that whoever asked for it sees it in the list. */
  async #change({ engine }: ContainerPlace, action: (api: EngineApi) => Promise<unknown>): Promise<void> {
    const link = this.#findLink(engine);
    await action(link.api);
    await link.lookNow();
  }
}

async function* readLog(
  api: EngineApi,
  request: FollowContainerLog & { readonly hasTty: boolean },
  signal: AbortSignal,
): AsyncGenerator<StreamPiece> {
  const stream = await openLog(api, request, signal);
  using _ = hangUpOn(signal, stream);
  const parser = request.hasTty ? null : new MultiplexedParser();
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Uint8Array;
      if (parser === null) yield { stream: "stdout", bytes };
      else yield* parser.push(bytes);
    }
  } catch (error) {
    if (!signal.aborted) throw api.translate(error, request.container);
  }
}

async function openLog(api: EngineApi, request: FollowContainerLog, signal: AbortSignal): Promise<Readable> {
  const { container, isFollowing, tailLines } = request;
  const options = { stdout: true, stderr: true, ...(tailLines === undefined ? {} : { tail: tailLines }) };
  return api.call(
    async (docker): Promise<Readable> => {
      const of = docker.getContainer(container);
      if (!isFollowing) return Readable.from([await of.logs({ ...options, follow: false })]);
      return (await of.logs({ ...options, follow: true })) as Readable;
    },
    { about: container, signal },
  );
}

function toLogPiece({ bytes, stream }: StreamPiece): ContainerLogPiece {
  return { stream, base64: toBase64(bytes) };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
