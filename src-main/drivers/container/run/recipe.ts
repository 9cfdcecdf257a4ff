import type { ContainerPlan } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import { isPythonVersionIn } from "#core/python-version.ts";
import type { RunSpec } from "../../driver.ts";

/** What decides the image of an agent. */
export type RecipeSpec = Pick<RunSpec, "agent" | "command" | "needs" | "container"> & {
  readonly release: string;
};

/** A plan without what a person has to say to it. */
export type ImagePlan = Omit<ContainerPlan, "missingConsents">;

/** Images that agents without one of their own are built on. */
export interface BaseImages {
  /** `{version}` stands for e.g. `3.12`. */
  readonly python: string;
  readonly node: string;
  readonly plain: string;
}

export const BASE_IMAGES: BaseImages = {
  python: "docker.io/library/python:{version}-slim",
  node: "docker.io/library/node:24-slim",
  plain: "docker.io/library/debian:12-slim",
};

const NEWEST_PYTHON = 13;
const OLDEST_PYTHON = 8;
/** Higher than any patch release, so that `>=3.10.5` takes 3.10. */
const ANY_PATCH = 99;
const PREFIX = "localhost/pilothouse";

/**
 * How an agent gets its image: the one its manifest names, its own Dockerfile, or one that is generated from
 * what its process runtime says.
 */
export function planImage(spec: RecipeSpec, bases: BaseImages = BASE_IMAGES): ImagePlan {
  const { container } = spec;
  if (container?.image !== undefined) return { image: container.image, build: "none", dockerfile: null };
  const name = `${PREFIX}/${spec.agent}`;
  const tag = spec.release.slice(0, 12);
  if (container?.build !== undefined) {
    return { image: `${name}:${tag}`, build: "agent-dockerfile", dockerfile: null };
  }
  return {
    image: `${name}:${tag}-process`,
    build: "generated-dockerfile",
    dockerfile: generateDockerfile(spec, bases),
  };
}

function generateDockerfile(spec: RecipeSpec, bases: BaseImages): string {
  const { node, python } = spec.needs;
  return [
    "# Made by Pilothouse from the agent's process runtime.",
    `FROM ${baseOf(spec, bases)}`,
    "WORKDIR /agent",
    "COPY . /agent/",
    ...(python?.requirementsFile === undefined
      ? []
      : [
          `RUN ["python3", "-m", "pip", "install", "--no-cache-dir", "--no-input", "-r", ${JSON.stringify(python.requirementsFile)}]`,
        ]),
    // Install scripts never run, as on this computer.
    ...(node === undefined
      ? []
      : [
          `WORKDIR /agent/${folderOf(node.lockFile)}`,
          'RUN ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]',
          "WORKDIR /agent",
        ]),
    "",
  ].join("\n");
}

function baseOf({ command, needs }: RecipeSpec, bases: BaseImages): string {
  const program = command[0] ?? "";
  if (needs.python !== undefined || /^python[\d.]*$/.test(program)) {
    return bases.python.replace("{version}", pythonFor(needs.python?.version ?? ""));
  }
  return needs.node !== undefined || program === "node" ? bases.node : bases.plain;
}

function pythonFor(range: string): string {
  for (let minor = NEWEST_PYTHON; minor >= OLDEST_PYTHON; minor -= 1) {
    if (range === "" || isPythonVersionIn(`3.${minor}.${ANY_PATCH}`, range)) return `3.${minor}`;
  }
  throw new AppError("start.runtime_missing", `There is no image with Python ${range}`, {
    details: { runtime: "python", wanted: range, found: `3.${OLDEST_PYTHON} to 3.${NEWEST_PYTHON}` },
  });
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : "";
}
