import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import type { ActOnGroup, ComposeAction, ComposeGroup, EngineId, EngineProgress } from "#contract/engine.ts";
import { AppError } from "#contract/errors.ts";
import { Feed } from "../../shared/feed.ts";
import { labelOf } from "../engine/container-facts.ts";
import type { EngineLink } from "../engine/engine-link.ts";
import type { ComposeTools } from "./compose-tool.ts";
import type { FindLink } from "./containers.ts";

const FILES_LABELS = ["com.docker.compose.project.config_files", "io.podman.compose.project.config_files"];
const FOLDER_LABELS = ["com.docker.compose.project.working_dir", "io.podman.compose.project.working_dir"];
const UP: readonly string[] = ["up", "--detach"];
/** Characters of what a tool says that are kept to say why it failed. */
const KEPT_OF_OUTPUT = 500;
const WORDS: Readonly<Record<ComposeAction, readonly string[]>> = {
  up: UP,
  stop: ["stop"],
  down: ["down"],
  update: [...UP, "--build"],
};
const INSTALL = {
  docker: "Install the Docker Compose plugin (docker compose) to steer this group as one.",
  podman: "Install docker-compose to steer this group as one.",
  unknown: "Install Docker Compose to steer this group as one.",
} as const;

interface ComposeJob {
  readonly command: readonly string[];
  readonly folder: string;
  readonly signal: AbortSignal;
}

export interface GroupsDeps {
  readonly findLink: FindLink;
  readonly tools: ComposeTools;
  readonly environment: NodeJS.ProcessEnv;
}

/** Compose projects: seen through the labels of their containers, steered through the installed tool. */
export class Groups {
  readonly #deps: GroupsDeps;

  constructor(deps: GroupsDeps) {
    this.#deps = deps;
  }

  async list(engine: EngineId): Promise<readonly ComposeGroup[]> {
    const link = this.#deps.findLink(engine);
    // Also when there is no project yet: whether the first one can be started is told with the engine.
    await this.#deps.tools.find(link.engine.product);
    const infos = await link.api.call((docker) => docker.listContainers({ all: true }));
    const projects = new Map<string, typeof infos>();
    for (const container of link.list().containers) {
      if (container.project === null) continue;
      const info = infos.find(({ Id }) => Id === container.id);
      if (info === undefined) continue;
      projects.set(container.project, [...(projects.get(container.project) ?? []), info]);
    }
    return await Promise.all(
      [...projects].map(async ([project, members]) => {
        const files = filesOf(members[0]?.Labels ?? {});
        const problem = await this.#problem(link, files);
        return {
          engine,
          project,
          files,
          containerIds: members.map(({ Id }) => Id),
          runningCount: members.filter(({ State }) => State === "running").length,
          isSteerable: problem === null,
          problem,
        };
      }),
    );
  }

  async *act(request: ActOnGroup, signal: AbortSignal): AsyncGenerator<EngineProgress> {
    const { action, engine, file, project } = request;
    const link = this.#deps.findLink(engine);
    const known = (await this.list(engine)).find((group) => group.project === project);
    const files = file === undefined ? (known?.files ?? []) : [file];
    const problem = await this.#problem(link, files);
    const tool = await this.#deps.tools.find(link.engine.product);
    if (problem !== null || tool === null) {
      const details = { engine, problem: problem ?? "" };
      throw new AppError("engine.no_compose", problem ?? "There is no compose tool", { details });
    }
    const words = [...tool, ...files.flatMap((each) => ["--file", each]), "--project-name", project];
    const folder = dirname(files[0] ?? ".");
    try {
      if (action === "update") yield* this.#pull(link, { command: [...words, "pull"], folder, signal });
      yield* this.#run(link, { command: [...words, ...WORDS[action]], folder, signal });
    } finally {
      await link.lookNow();
    }
  }

  async #problem(link: EngineLink, files: readonly string[]): Promise<string | null> {
    const { product } = link.engine;
    if ((await this.#deps.tools.find(product)) === null) return INSTALL[product];
    if (files.length === 0) return "Its containers do not say which compose file they come from.";
    for (const file of files) {
      const isThere = await access(file).then(
        () => true,
        () => false,
      );
      if (!isThere) return `The compose file ${file} is not on this computer.`;
    }
    return null;
  }

  /** An image that is only on this engine cannot be pulled, and is no reason to leave the others old. */
  async *#pull(link: EngineLink, job: ComposeJob): AsyncGenerator<EngineProgress> {
    try {
      yield* this.#run(link, job);
    } catch (error) {
      if (!(error instanceof AppError) || job.signal.aborted) throw error;
      const text = "Not every image could be pulled; the group goes on with those that are there.";
      yield { layer: "", text: `${text}\n`, doneBytes: null, totalBytes: null };
    }
  }

  async *#run(link: EngineLink, job: ComposeJob): AsyncGenerator<EngineProgress> {
    const [program = "", ...args] = job.command;
    const feed = new Feed<EngineProgress>();
    const child = spawn(program, args, {
      cwd: job.folder,
      env: { ...this.#deps.environment, ...environmentFor(link) },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
      signal: job.signal,
    });
    // The reason may stand some lines before the last one, and comes in pieces of any size.
    let end = "";
    const tell = (text: string) => {
      end = (end + text).slice(-KEPT_OF_OUTPUT);
      feed.push({ layer: "", text, doneBytes: null, totalBytes: null });
    };
    child.stdout.setEncoding("utf8").on("data", tell);
    child.stderr.setEncoding("utf8").on("data", tell);
    child.on("error", (error) => feed.fail(refused(link.id, error.message)));
    child.on("close", (code) => (code === 0 ? feed.close() : feed.fail(refused(link.id, end.trim()))));
    yield* feed;
  }
}

/** What sends a compose tool to this engine and to no other. */
function environmentFor({ addressText, tlsFolder }: EngineLink): NodeJS.ProcessEnv {
  const tls = tlsFolder === null ? {} : { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: tlsFolder };
  return { DOCKER_HOST: addressText, CONTAINER_HOST: addressText, DOCKER_CONTEXT: undefined, ...tls };
}

function refused(engine: EngineId, problem: string): AppError {
  return new AppError("engine.refused", `The compose tool failed: ${problem}`, {
    details: { engine, problem, status: 0 },
  });
}

function filesOf(labels: Readonly<Record<string, string>>): readonly string[] {
  const folder = labelOf(labels, FOLDER_LABELS);
  return (labelOf(labels, FILES_LABELS) ?? "")
    .split(",")
    .filter((file) => file !== "")
    .map((file) =>
      file.startsWith("/") || /^[A-Za-z]:/.test(file) || folder === null ? file : `${folder}/${file}`,
    );
}
