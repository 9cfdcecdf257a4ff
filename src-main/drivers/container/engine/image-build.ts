import { access } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import type { EngineProgress } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import { stageContext } from "./build-context.ts";
import type { EngineApi } from "./engine-api.ts";
import { hangUpOn } from "./hang-up.ts";
import { readProgress } from "./progress.ts";

export interface BuildRequest {
  /** What the engine gets to see; what `.dockerignore` in it names stays out. */
  readonly folder: string;
  /** Relative to the folder. */
  readonly dockerfile: string;
  /** Content for the Dockerfile; absent when the folder has one. */
  readonly dockerfileText?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Network of the build's own commands; the engine's default when absent. */
  readonly network?: string;
}

/** The engine only answers after the whole folder has been sent to it. */
const SEND_MS = 10 * 60_000;

/**
 * Builds an image and tells each line of it.
 *
 * @throws AppError `folder.unreadable`, `engine.*`; StepFailed when a step of the Dockerfile failed
 */
export async function* buildImage(
  api: EngineApi,
  request: BuildRequest,
  signal: AbortSignal,
): AsyncGenerator<EngineProgress> {
  const { dockerfile, folder, labels, name, network } = request;
  if (request.dockerfileText === undefined) await refuseMissing(folder, dockerfile);
  await using context = await stageContext(request);
  const options = {
    t: name,
    dockerfile: dockerfile.replaceAll("\\", "/"),
    labels,
    rm: true,
    forcerm: true,
    ...(network === undefined ? {} : { networkmode: network }),
    abortSignal: signal,
  };
  const stream = await api.call(
    (docker) => docker.buildImage({ context: context.folder, src: ["."] }, options),
    {
      signal,
      deadlineMs: SEND_MS,
      about: name,
    },
  );
  using _ = hangUpOn(signal, stream);
  yield* readProgress(stream);
}

async function refuseMissing(folder: string, dockerfile: string): Promise<void> {
  const path = join(folder, dockerfile);
  const inside = relative(folder, path);
  if (!inside.startsWith("..") && !isAbsolute(inside)) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return;
  }
  throw new AppError("folder.unreadable", `There is no ${dockerfile} in ${folder}`, {
    details: { folder: path },
  });
}
