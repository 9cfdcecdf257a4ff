import type {
  BuildImage,
  EngineId,
  EngineProgress,
  Image,
  Network,
  Prune,
  PruneList,
  Volume,
} from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import { nameOf } from "../engine/container-facts.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import { hangUpOn } from "../engine/hang-up.ts";
import { buildImage } from "../engine/image-build.ts";
import { readProgress, StepFailed } from "../engine/progress.ts";
import type { FindLink } from "./containers.ts";

const NO_NAME = "<none>";
const SLOW_MS = 120_000;
/** Networks every engine has; they are never in anybody's way. */
const BUILT_IN = new Set(["bridge", "host", "none", "podman"]);

/** Images, volumes and networks of engines, with what uses them. */
export class Images {
  readonly #findLink: FindLink;

  constructor(findLink: FindLink) {
    this.#findLink = findLink;
  }

  async list(engine: EngineId): Promise<readonly Image[]> {
    const { api } = this.#findLink(engine);
    const [images, containers] = await Promise.all([
      api.call((docker) => docker.listImages()),
      api.call((docker) => docker.listContainers({ all: true })),
    ]);
    return images.map((image) => ({
      id: image.Id,
      names: (image.RepoTags ?? []).filter((name) => !name.includes(NO_NAME)),
      digests: (image.RepoDigests ?? []).filter((digest) => !digest.includes(NO_NAME)),
      sizeBytes: image.Size,
      createdAtMs: image.Created * 1000,
      usedBy: containers
        .filter(({ ImageID }) => withoutPrefix(ImageID) === withoutPrefix(image.Id))
        .map(({ Names }) => nameOf(Names)),
    }));
  }

  async volumes(engine: EngineId): Promise<readonly Volume[]> {
    const { api } = this.#findLink(engine);
    const [{ Volumes: volumes }, containers] = await Promise.all([
      api.call((docker) => docker.listVolumes()),
      api.call((docker) => docker.listContainers({ all: true })),
    ]);
    return (volumes ?? []).map((volume) => ({
      name: volume.Name,
      driver: volume.Driver,
      createdAtMs: "CreatedAt" in volume ? Date.parse(String(volume.CreatedAt)) || null : null,
      usedBy: containers
        .filter(({ Mounts }) => (Mounts ?? []).some(({ Name }) => Name === volume.Name))
        .map(({ Names }) => nameOf(Names)),
    }));
  }

  async networks(engine: EngineId): Promise<readonly Network[]> {
    const { api } = this.#findLink(engine);
    const [networks, containers] = await Promise.all([
      api.call((docker) => docker.listNetworks()),
      api.call((docker) => docker.listContainers({ all: true })),
    ]);
    return networks.map((network) => ({
      id: network.Id,
      name: network.Name,
      driver: network.Driver,
      usedBy: containers
        .filter(({ NetworkSettings }) => Object.hasOwn(NetworkSettings?.Networks ?? {}, network.Name))
        .map(({ Names }) => nameOf(Names)),
    }));
  }

  async *pull(engine: EngineId, image: string, signal: AbortSignal): AsyncGenerator<EngineProgress> {
    const { api } = this.#findLink(engine);
    const stream = await api.call((docker) => docker.pull(image, { abortSignal: signal }), {
      about: image,
      signal,
    });
    using _ = hangUpOn(signal, stream);
    yield* told(readProgress(stream), { api, about: image, signal });
  }

  async *build(request: BuildImage, signal: AbortSignal): AsyncGenerator<EngineProgress> {
    const { engine, ...rest } = request;
    const { api } = this.#findLink(engine);
    yield* told(buildImage(api, { ...rest, labels: {} }, signal), { api, about: request.name, signal });
  }

  async remove(engine: EngineId, image: string, isForced: boolean): Promise<void> {
    await this.#findLink(engine).api.call((docker) => docker.getImage(image).remove({ force: isForced }), {
      about: image,
      deadlineMs: SLOW_MS,
    });
  }

  /** What `prune` would take: stopped containers, images and networks that nothing uses. */
  async prunePreview({ engine, withVolumes }: Prune): Promise<PruneList> {
    const { api } = this.#findLink(engine);
    const [containers, images, volumes, networks] = await Promise.all([
      api.call((docker) => docker.listContainers({ all: true })),
      this.list(engine),
      this.volumes(engine),
      this.networks(engine),
    ]);
    const stopped = containers.filter(
      ({ State }) => State === "exited" || State === "created" || State === "dead",
    );
    const gone = new Set(stopped.map(({ Names }) => nameOf(Names)));
    const isFree = ({ usedBy }: { readonly usedBy: readonly string[] }) =>
      usedBy.every((name) => gone.has(name));
    const dangling = images.filter((image) => image.names.length === 0 && isFree(image));
    return {
      containers: [...gone],
      images: dangling.map(({ id }) => id),
      volumes: withVolumes ? volumes.filter(isFree).map(({ name }) => name) : [],
      networks: networks
        .filter((network) => !BUILT_IN.has(network.name) && isFree(network))
        .map(({ name }) => name),
      freedBytes: dangling.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    };
  }

  /** Removes what the preview shows now, one by one, so that nothing goes that was not in it. */
  async prune(request: Prune): Promise<PruneList> {
    const { api } = this.#findLink(request.engine);
    const list = await this.prunePreview(request);
    const keep = async (names: readonly string[], remove: (name: string) => Promise<unknown>) => {
      const removed: string[] = [];
      for (const name of names) if (await isRemoved(() => remove(name))) removed.push(name);
      return removed;
    };
    const containers = await keep(list.containers, (name) =>
      api.call((docker) => docker.getContainer(name).remove(), { deadlineMs: SLOW_MS }),
    );
    const images = await keep(list.images, (name) =>
      api.call((docker) => docker.getImage(name).remove(), { deadlineMs: SLOW_MS }),
    );
    const volumes = await keep(list.volumes, (name) => api.call((docker) => docker.getVolume(name).remove()));
    const networks = await keep(list.networks, (name) =>
      api.call((docker) => docker.getNetwork(name).remove()),
    );
    await this.#findLink(request.engine).lookNow();
    const isAll = images.length === list.images.length;
    return { containers, images, volumes, networks, freedBytes: isAll ? list.freedBytes : 0 };
  }
}

/** False when it came into use, or was removed by somebody else, since the preview. */
async function isRemoved(remove: () => Promise<unknown>): Promise<boolean> {
  try {
    await remove();
    return true;
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "engine.not_answering") throw error;
    return false;
  }
}

async function* told(
  steps: AsyncIterable<EngineProgress>,
  call: { readonly api: EngineApi; readonly about: string; readonly signal: AbortSignal },
): AsyncGenerator<EngineProgress> {
  const { about, api, signal } = call;
  try {
    yield* steps;
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof StepFailed)) throw api.translate(error, about);
    const details = { engine: api.engine, problem: error.message, status: 0 };
    throw new AppError("engine.refused", `${about}: ${error.message}`, { details, cause: error });
  }
}

function withoutPrefix(id: string): string {
  return id.replace(/^sha256:/, "");
}
