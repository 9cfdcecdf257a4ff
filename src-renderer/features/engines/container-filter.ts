import { CONTAINER_STATES, type Container, type ContainerState } from "#contract/engine.ts";

/** What the table of containers shows, as a person chose it; lives in the address. */
export interface ContainerChoice {
  readonly states: readonly ContainerState[];
  readonly search: string;
}

export const NO_CHOICE: ContainerChoice = { states: [], search: "" };

const MAX_SEARCH = 200;

/** Reads an address. What it does not understand counts as not chosen, so that an old link still opens. */
export function readChoice(params: URLSearchParams): ContainerChoice {
  const wanted = new Set((params.get("state") ?? "").split(","));
  return {
    states: CONTAINER_STATES.filter((state) => wanted.has(state)),
    search: (params.get("q") ?? "").slice(0, MAX_SEARCH),
  };
}

/** Writes a choice into an address and leaves everything else of it alone. */
export function writeChoice(params: URLSearchParams, choice: ContainerChoice): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [key, value] of Object.entries({ state: choice.states.join(","), q: choice.search })) {
    if (value === "") next.delete(key);
    else next.set(key, value);
  }
  return next;
}

export function isChosen({ states, search }: ContainerChoice): boolean {
  return states.length > 0 || search.trim() !== "";
}

/** Containers that have one of the states and hold every word somewhere a person would look for it. */
export function chooseContainers(
  containers: readonly Container[],
  { states, search }: ContainerChoice,
): readonly Container[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return containers.filter((container) => {
    if (states.length > 0 && !states.includes(container.state)) return false;
    const text = searchText(container);
    return words.every((word) => text.includes(word));
  });
}

function searchText({ id, image, name, ports, project, service }: Container): string {
  const numbers = ports.flatMap(({ containerPort, hostPort }) => [containerPort, hostPort ?? ""]);
  return [name, image, project, service, id, ...numbers].join(" ").toLowerCase();
}
