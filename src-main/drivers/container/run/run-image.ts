import { join } from "node:path";
import type { EngineProgress } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import type { OnProgress, RunSpec } from "../../driver.ts";
import { AGENT_LABEL, RELEASE_LABEL } from "../engine/container-facts.ts";
import type { EngineApi } from "../engine/engine-api.ts";
import { hangUpOn } from "../engine/hang-up.ts";
import { type BuildRequest, buildImage } from "../engine/image-build.ts";
import { readProgress, StepFailed } from "../engine/progress.ts";
import { type BaseImages, type ImagePlan, planImage } from "./recipe.ts";

export interface RunImagesDeps {
  readonly api: EngineApi;
  readonly bases: BaseImages;
  /** Network of builds; the engine's default when absent. */
  readonly buildNetwork?: string;
}

/** An image that is on the engine. */
export interface ReadyImage {
  readonly name: string;
  /** User it names; empty for root. */
  readonly user: string;
}

const GENERATED = "Dockerfile.pilothouse";
const LAST_LINES = 5;

/** Images of releases on one engine: found, pulled or built, once per release. */
export class RunImages {
  readonly #deps: RunImagesDeps;

  constructor(deps: RunImagesDeps) {
    this.#deps = deps;
  }

  /** @throws AppError `start.image_missing`, `start.build_failed`, `engine.*` */
  async provide(spec: RunSpec, onProgress: OnProgress, signal: AbortSignal): Promise<ReadyImage> {
    const plan = planImage(spec, this.#deps.bases);
    const there = await this.#find(plan.image, signal);
    if (there !== null) return there;
    if (plan.build === "none") await this.#pull(plan.image, onProgress, signal);
    else await this.#build(this.#buildOf(spec, plan), onProgress, signal);
    const made = await this.#find(plan.image, signal);
    if (made !== null) return made;
    throw missing(plan.image, "the engine does not have it after it was made");
  }

  async #find(name: string, signal: AbortSignal): Promise<ReadyImage | null> {
    try {
      const info = await this.#deps.api.call((docker) => docker.getImage(name).inspect(), {
        signal,
        about: name,
      });
      return { name, user: info.Config?.User ?? "" };
    } catch (error) {
      if (error instanceof AppError && error.code === "engine.no_such_object") return null;
      throw error;
    }
  }

  async #pull(name: string, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    const { api } = this.#deps;
    onProgress(`pulling ${name}`);
    try {
      const stream = await api.call((docker) => docker.pull(name, { abortSignal: signal }), {
        signal,
        about: name,
      });
      using _ = hangUpOn(signal, stream);
      for await (const step of readProgress(stream)) onProgress(stepText(`pulling ${name}`, step));
    } catch (error) {
      if (error instanceof StepFailed) throw missing(name, error.message, error);
      const known = api.translate(error, name);
      const isRefusal = known.code === "engine.refused" || known.code === "engine.no_such_object";
      throw isRefusal ? missing(name, known.message, error) : known;
    }
  }

  /** The release is never written to: a generated Dockerfile only joins the copy that the engine gets. */
  #buildOf(spec: RunSpec, { dockerfile, image }: ImagePlan): BuildRequest {
    const { buildNetwork } = this.#deps;
    const source =
      dockerfile === null
        ? { folder: join(spec.releaseFolder, spec.container?.build ?? "."), dockerfile: "Dockerfile" }
        : { folder: spec.releaseFolder, dockerfile: GENERATED, dockerfileText: dockerfile };
    return {
      ...source,
      name: image,
      labels: { [AGENT_LABEL]: spec.agent, [RELEASE_LABEL]: spec.release },
      ...(buildNetwork === undefined ? {} : { network: buildNetwork }),
    };
  }

  async #build(request: BuildRequest, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
    const { name } = request;
    const lines: string[] = [];
    onProgress(`building ${name}`);
    try {
      for await (const step of buildImage(this.#deps.api, request, signal)) {
        const text = step.text.trim();
        if (text === "") continue;
        lines.push(text);
        onProgress(stepText(`building ${name}`, step));
      }
    } catch (error) {
      const isRefused = error instanceof AppError && error.code === "engine.refused";
      if (!(error instanceof StepFailed) && !isRefused) throw this.#deps.api.translate(error, name);
      const problem = [...lines.slice(-LAST_LINES), error.message].join(" · ");
      throw new AppError("start.build_failed", `The image ${name} could not be built: ${error.message}`, {
        details: { image: name, problem },
        cause: error,
      });
    }
  }
}

function stepText(what: string, { layer, text }: EngineProgress): string {
  return `${what}: ${layer === "" ? "" : `${layer} `}${text.trim()}`.slice(0, 200);
}

function missing(image: string, problem: string, cause?: unknown): AppError {
  return new AppError("start.image_missing", `The image ${image} is not on the engine: ${problem}`, {
    details: { image, problem },
    cause,
  });
}
