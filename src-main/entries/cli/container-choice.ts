import { type Container, type Engine, type EngineId, namedBy } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import type { Call, Flag } from "./command.ts";
import type { CoreLink } from "./core-link.ts";

export const ENGINE_FLAG: Flag = {
  name: "engine",
  value: "E",
  summary: "The container engine; all of them, or the one that has the container, if left out",
};

/** The engines the call is about, each asked just now. */
export async function engines(call: Call, link: CoreLink): Promise<readonly Engine[]> {
  const wanted = call.text("engine");
  if (wanted !== "")
    return [await link.ask((client) => client.engines.look.mutate({ engine: wanted as EngineId }))];
  const found = await link.ask((client) => client.engines.list.query());
  return Promise.all(found.map(({ id }) => link.ask((client) => client.engines.look.mutate({ engine: id }))));
}

/** The one engine the call is about. @throws AppError `usage.invalid` when it must be named */
export async function oneEngine(call: Call, link: CoreLink): Promise<EngineId> {
  const ready = (await engines(call, link)).filter(({ state }) => state === "ready");
  const [only] = ready;
  if (only !== undefined && ready.length === 1) return only.id;
  const expected = ready.map(({ id }) => id).join(", ");
  const problem = only === undefined ? "no container engine answers" : "there are several engines";
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
  const asked = await engines(call, link);
  const lists = await Promise.all(
    asked.map(({ id }) => link.ask((client) => client.engines.containers.list.query({ engine: id }))),
  );
  return lists.flatMap(({ engine, containers }) => containers.map((container) => ({ engine, container })));
}

/** The container a word names: its name, its id, or the first characters of its id. */
export async function oneContainer(call: Call, link: CoreLink): Promise<ChosenContainer> {
  const word = call.text("CONTAINER");
  const all = await containersOf(call, link);
  const found = namedBy(word, all, ({ container }) => container);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
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
