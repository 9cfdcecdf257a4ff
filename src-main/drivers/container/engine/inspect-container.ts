import type Dockerode from "dockerode";
import { AppError } from "#contract/errors.ts";
import type { EngineApi, EngineCallOptions } from "./engine-api.ts";

/** Podman's words when the process that it looks at ends under its eyes; see QUIRKS.md. */
const ENDED_MEANWHILE = /\/proc\/\d+\/cgroup: no such process/;
/** The next answer is about a container that has ended. */
const TRIES = 3;

/**
 * All that the engine knows of a container.
 * @throws AppError what `EngineApi.call` throws
 */
export async function inspectContainer(
  api: EngineApi,
  containerId: string,
  options: Omit<EngineCallOptions, "about"> = {},
): Promise<Dockerode.ContainerInspectInfo> {
  const ask = () =>
    api.call((docker, abortSignal) => docker.getContainer(containerId).inspect({ abortSignal }), {
      ...options,
      about: containerId,
    });
  for (let tried = 1; tried < TRIES; tried += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isOfEnding(error)) throw error;
    }
  }
  return await ask();
}

function isOfEnding(error: unknown): boolean {
  return error instanceof AppError && ENDED_MEANWHILE.test(String(error.details["problem"]));
}
