import { type Container, type Engine, type EngineId, namedBy } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import type { Call, Flag } from "./command.ts";
import type { CoreLink } from "./core-link.ts";
import { harmless } from "./terminal.ts";

export const ENGINE_FLAG: Flag = {
  name: "engine",
  value: "E",
  summary: "The container engine; all of them, or the one that has the container, if left out",
};

/** Said where there is no engine at all. */
export const NO_ENGINE =
  "No container engine was found. Install Docker or Podman, start it, or name its address in DOCKER_HOST.";

/** The engines the call is about, each asked just now. */
export async function engines(call: Call, link: CoreLink): Promise<readonly Engine[]> {
  const wanted = call.text("engine");
  if (wanted !== "")
    return [await link.ask((client) => client.engines.look.mutate({ engine: wanted as EngineId }))];
  const found = await link.ask((client) => client.engines.list.query());
  return Promise.all(found.map(({ id }) => link.ask((client) => client.engines.look.mutate({ engine: id }))));
}

interface AskedEngines {
  readonly ready: readonly Engine[];
  /** Those that do not answer. */
  readonly silent: readonly Engine[];
}

/** @throws AppError `engine.not_answering` when there are engines and none of them answers */
async function askEngines(call: Call, link: CoreLink): Promise<AskedEngines> {
  const asked = await engines(call, link);
  const ready = asked.filter(({ state }) => state === "ready");
  const silent = asked.filter(({ state }) => state !== "ready");
  const [first] = silent;
  if (first !== undefined && ready.length === 0) throw notAnswering(first);
  for (const engine of silent) call.terminal.note(harmless(silenceOf(engine)));
  return { ready, silent };
}

/**
 * Those of the engines that answer. One that does not is told about beside the answer and hides nothing of the others.
 *
 * @throws AppError `engine.not_answering` when there are engines and none of them answers
 */
export async function answeringEngines(call: Call, link: CoreLink): Promise<readonly Engine[]> {
  return (await askEngines(call, link)).ready;
}

function notAnswering(engine: Engine): AppError {
  return new AppError("engine.not_answering", silenceOf(engine), {
    details: { engine: engine.id, problem: engine.problem ?? engine.state },
  });
}

function silenceOf({ id, problem, state }: Engine): string {
  return problem ?? `${id} is ${state}`;
}

/** What a list says that has nothing in it: why, when there is no engine it could come from. */
export async function emptyListText(call: Call, link: CoreLink, what: string): Promise<string> {
  const found = await engines(call, link);
  return found.length === 0 ? NO_ENGINE : `There are no ${what}.`;
}

/** The one engine the call is about. @throws AppError `usage.invalid` when it must be named */
export async function oneEngine(call: Call, link: CoreLink): Promise<EngineId> {
  const ready = await answeringEngines(call, link);
  const [only] = ready;
  if (only !== undefined && ready.length === 1) return only.id;
  if (only === undefined) throw new AppError("engine.not_found", NO_ENGINE, { details: { engine: "" } });
  const expected = ready.map(({ id }) => id).join(", ");
  const problem = "there are several engines";
  throw new AppError("usage.invalid", `${problem}: name one with --engine (${expected})`, {
    details: { argument: "--engine", problem, expected },
  });
}

export interface ChosenContainer {
  readonly engine: EngineId;
  readonly container: Container;
}

/** All containers the call is about. */
export async function containersOf(call: Call, link: CoreLink): Promise<readonly ChosenContainer[]> {
  return await containersOn(await answeringEngines(call, link), link);
}

async function containersOn(asked: readonly Engine[], link: CoreLink): Promise<readonly ChosenContainer[]> {
  const lists = await Promise.all(
    asked.map(({ id }) => link.ask((client) => client.engines.containers.list.query({ engine: id }))),
  );
  return lists.flatMap(({ engine, containers }) => containers.map((container) => ({ engine, container })));
}

/** The container a word names: its name, its id, or the first characters of its id. */
export async function oneContainer(call: Call, link: CoreLink): Promise<ChosenContainer> {
  const word = call.text("CONTAINER");
  const { ready, silent } = await askEngines(call, link);
  const all = await containersOn(ready, link);
  const found = namedBy(word, all, ({ container }) => container);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const [unasked] = silent;
  // It may be there.
  if (only === undefined && unasked !== undefined) throw notAnswering(unasked);
  if (only === undefined) {
    throw new AppError("engine.no_such_object", `No engine has a container ${word}`, {
      details: { engine: call.text("engine"), name: word, problem: "no such container" },
    });
  }
  const expected = found.map(({ engine, container }) => `${engine}/${container.name}`).join(", ");
  throw new AppError("usage.invalid", `More than one container is meant by ${word}: ${expected}`, {
    details: { argument: "CONTAINER", problem: "names more than one", expected },
  });
}
