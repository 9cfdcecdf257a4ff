import type { ContainerAction } from "#contract/engine.ts";
import type { Command, Flag } from "../command.ts";
import { ENGINE_FLAG, oneContainer } from "../container-choice.ts";

const CONTAINER = {
  name: "CONTAINER",
  summary: "Name of the container, its id, or the first characters of it",
};

function steer(action: ContainerAction, summary: string, done: string): Command {
  return {
    path: ["container", action],
    summary,
    args: [CONTAINER],
    flags: [ENGINE_FLAG],
    examples: [`pilothouse container ${action} web`],
    async run(call) {
      const link = await call.link();
      const { engine, container } = await oneContainer(call, link);
      await link.tell((client) =>
        client.engines.containers.act.mutate({ engine, container: container.id, action }),
      );
      await call.answer({ engine, container: container.id, action }, `${container.name} ${done}.`);
      return 0;
    },
  };
}

export const containerStart = steer("start", "Start a container", "started");
export const containerStop = steer("stop", "Stop a container: ask it to end, then kill it", "stopped");
export const containerRestart = steer("restart", "Stop and start a container", "restarted");

const FORCE: Flag = { name: "force", summary: "Also when it runs: it is killed" };

export const containerRemove: Command = {
  path: ["container", "rm"],
  summary: "Remove a container",
  args: [CONTAINER],
  flags: [ENGINE_FLAG, FORCE, { name: "volumes", summary: "Also its volumes without a name" }],
  examples: ["pilothouse container rm web", "pilothouse container rm web --force"],
  async run(call) {
    const link = await call.link();
    const { engine, container } = await oneContainer(call, link);
    const request = {
      engine,
      container: container.id,
      isForced: call.has("force"),
      withVolumes: call.has("volumes"),
    };
    await link.tell((client) => client.engines.containers.remove.mutate(request));
    await call.answer({ engine, container: container.id }, `${container.name} removed.`);
    return 0;
  },
};
