import type Dockerode from "dockerode";
import { AppError } from "#contract/errors.ts";
import type { RunId } from "#contract/ids.ts";
import type { Clock } from "#core/clock.ts";
import { isRootUser } from "#core/manifest/container-consents.ts";
import type { RunSpec } from "../../driver.ts";
import { attachWithInput } from "../engine/attach-with-input.ts";
import { RUN_LABEL, timeOrNull } from "../engine/container-facts.ts";
import { cancelled } from "../engine/engine-api.ts";
import type { EngineFacts, EngineLink } from "../engine/engine-link.ts";
import { inspectContainer } from "../engine/inspect-container.ts";
import { createOptions, isLogExact, isLogKept, isLogLosingLineEnds } from "./create-options.ts";
import type { EngineStream } from "./output-capture.ts";
import { findExcess, reportLimits } from "./read-back.ts";
import type { ReadyImage } from "./run-image.ts";
import type { RunPlace } from "./run-place.ts";
import type { HandedToContainer } from "./run-secrets.ts";
import type { StartedContainer } from "./run-spool.ts";

type Inspected = Dockerode.ContainerInspectInfo;

export interface ContainerStartDeps {
  readonly link: EngineLink;
  readonly clock: Clock;
  readonly plainUser: string;
  /** Value of the label that tells the runs of one data folder from those of another. */
  readonly home: string;
}

/** A container that runs, with the stream of all it says. */
export interface StartedWithStream {
  readonly started: StartedContainer;
  readonly stream: EngineStream;
}

/** Making a container copies its image on some storage drivers. */
const SLOW_MS = 60_000;
const NAME_TAKEN = 409;
const NEVER = new AbortController().signal;

/** The steps from nothing to a container that runs; whoever calls them removes what a failed one left. */
export class ContainerStart {
  readonly #deps: ContainerStartDeps;

  constructor(deps: ContainerStartDeps) {
    this.#deps = deps;
  }

  /** The container of a run, in whatever state; null when there is none. */
  async find(runId: RunId, signal: AbortSignal): Promise<Inspected | null> {
    const { api } = this.#deps.link;
    const filters = { label: [`${RUN_LABEL}=${runId}`] };
    const [info] = await api.call(
      (docker, abortSignal) => docker.listContainers({ all: true, filters, abortSignal }),
      { signal },
    );
    return info === undefined ? null : await this.#inspect(info.Id, signal);
  }

  /** Makes the container; an answer that does not come is looked up by its label, never asked for twice. */
  async create(
    spec: RunSpec,
    given: {
      readonly image: ReadyImage;
      readonly place: RunPlace;
      readonly secrets: HandedToContainer;
      readonly signal: AbortSignal;
    },
  ): Promise<string> {
    const { home, link, plainUser } = this.#deps;
    const { image, place, secrets, signal } = given;
    const facts = await link.facts(signal);
    const options = createOptions({
      spec,
      image: image.name,
      imageUser: image.user,
      facts,
      sharedFolder: link.isLocal ? place.shared : null,
      plainUser,
      home,
      secrets,
    });
    let answer: Promise<Dockerode.Container> | null = null;
    try {
      const container = await link.api.call(
        (docker) => {
          answer = docker.createContainer(options);
          return answer;
        },
        { signal, deadlineMs: SLOW_MS, about: image.name },
      );
      return container.id;
    } catch (error) {
      return await this.#afterNoAnswer(error, { spec, answer, signal });
    }
  }

  /** Compares what was made with what was asked for, before any of it runs. */
  async check(spec: RunSpec, id: string, signal: AbortSignal): Promise<void> {
    const mayBeRoot = isRootUser(spec.container?.user ?? "");
    const mayHaveGpus = spec.container?.gpus !== undefined;
    const excess = findExcess(await this.#inspect(id, signal), { mayBeRoot, mayHaveGpus });
    if (excess.length === 0) return;
    const problem = `the engine made a container that may do more than it should: ${excess.join(", ")}`;
    throw refused("", problem);
  }

  /** Attaches first and starts then, so that not even the first byte is missed. */
  async start(
    spec: RunSpec,
    id: string,
    given: { readonly input: string | null; readonly signal: AbortSignal },
  ): Promise<StartedWithStream> {
    const { link } = this.#deps;
    const { input, signal } = given;
    const facts = await link.facts(signal);
    const stream = await link.api.call<NodeJS.ReadWriteStream>(
      (docker) =>
        input === null
          ? docker.getContainer(id).attach({ stream: true, stdout: true, stderr: true })
          : attachWithInput(docker, id),
      { signal },
    );
    // An agent that never reads it loses nothing.
    if (input !== null) stream.on("error", () => undefined).end(input);
    try {
      const info = await this.#startAndInspect(spec, id, signal);
      return {
        started: startedOf(info, { spec, facts }),
        stream: stream as NodeJS.ReadWriteStream & EngineStream,
      };
    } catch (error) {
      (stream as NodeJS.ReadWriteStream & EngineStream).destroy();
      throw error;
    }
  }

  async remove(id: string): Promise<void> {
    const { api } = this.#deps.link;
    try {
      await api.call((docker) => docker.getContainer(id).remove({ force: true, v: true }));
    } catch (error) {
      if (!(error instanceof AppError && error.code === "engine.no_such_object")) throw error;
    }
  }

  #inspect(id: string, signal: AbortSignal): Promise<Inspected> {
    return inspectContainer(this.#deps.link.api, id, { signal });
  }

  async #startAndInspect(spec: RunSpec, id: string, signal: AbortSignal): Promise<Inspected> {
    const { api } = this.#deps.link;
    try {
      await api.call((docker) => docker.getContainer(id).start(), { signal, deadlineMs: SLOW_MS });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code !== "engine.not_answering") throw translateStart(error, spec);
      // Whether it was started is asked; when that has no answer either, it is looked up later.
      const info = await this.#inspect(id, signal);
      if (timeOrNull(info.State.StartedAt) === null) throw error;
      return info;
    }
    return this.#inspect(id, signal);
  }

  async #afterNoAnswer(
    error: unknown,
    request: {
      readonly spec: RunSpec;
      readonly answer: Promise<Dockerode.Container> | null;
      readonly signal: AbortSignal;
    },
  ): Promise<string> {
    const { answer, signal, spec } = request;
    if (!(error instanceof AppError)) throw error;
    const isUnanswered = error.code === "engine.not_answering" || error.code === "run.cancelled";
    if (!isUnanswered) throw translateStart(error, spec);
    const info = await this.find(spec.runId, NEVER).catch(() => null);
    if (info !== null && !signal.aborted) return info.Id;
    if (info !== null) await this.remove(info.Id);
    // An answer that comes when nobody waits any more must not leave a container behind.
    else answer?.then(({ id }) => this.remove(id)).catch(() => undefined);
    throw signal.aborted ? cancelled() : error;
  }
}

/** What is known of a container that was started; the engine's words for it are in `info`. */
export function startedOf(
  info: Inspected,
  { spec, facts }: { readonly spec: Pick<RunSpec, "limits" | "graceMs">; readonly facts: EngineFacts },
): StartedContainer {
  const { Pid: pid, StartedAt: startedAt } = info.State;
  return {
    containerId: info.Id,
    pid: pid > 0 ? pid : null,
    startedAtMs: timeOrNull(startedAt) ?? 0,
    limits: reportLimits(spec.limits, info, facts),
    graceMs: spec.graceMs,
    isLogExact: isLogExact(facts),
    isLogLosingLineEnds: isLogLosingLineEnds(facts),
    isLogKept: isLogKept(info),
    isMemoryTold: facts.product !== "podman",
    captured: { stdout: 0, stderr: 0 },
  };
}

function startedBefore(): AppError {
  const details = { command: "", problem: "a run with this id was started before" };
  return new AppError("start.refused", "This run was started before", { details });
}

function translateStart(error: AppError, spec: RunSpec): AppError {
  const problem = String(error.details["problem"] ?? error.message);
  const command = spec.command[0] ?? "";
  if (error.code === "engine.no_such_object") {
    const details = { image: spec.container?.image ?? "", problem };
    return new AppError("start.image_missing", `The image is not on the engine: ${problem}`, {
      details,
      cause: error,
    });
  }
  if (error.code !== "engine.refused") return error;
  if (error.details["status"] === NAME_TAKEN && /in use/.test(problem)) return startedBefore();
  return refused(command, problem, error);
}

function refused(command: string, problem: string, cause?: unknown): AppError {
  return new AppError("start.refused", `The container was not started: ${problem}`, {
    details: { command, problem },
    cause,
  });
}
