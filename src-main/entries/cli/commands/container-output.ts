import type { ContainerLoad, ContainerLogPiece } from "#contract/engine.ts";
import { formatSize } from "#core/units.ts";
import type { Command } from "../command.ts";
import { containersOf, ENGINE_FLAG, oneContainer } from "../container-choice.ts";
import { table } from "../table.ts";

const CONTAINER = {
  name: "CONTAINER",
  summary: "Name of the container, its id, or the first characters of it",
};

export const containerLogs: Command = {
  path: ["container", "logs"],
  summary: "Print what a container has said, byte for byte as its engine kept it",
  args: [CONTAINER],
  flags: [
    ENGINE_FLAG,
    { name: "follow", summary: "Go on until it stops (also -f)" },
    { name: "tail", value: "N", summary: "Begin with the last N lines" },
  ],
  examples: ["pilothouse container logs web --follow", "pilothouse container logs web --tail 20"],
  async run(call) {
    const link = await call.link();
    const { engine, container } = await oneContainer(call, link);
    const tail = call.text("tail");
    const request = {
      engine,
      container: container.id,
      isFollowing: call.has("follow"),
      ...(tail === "" ? {} : { tailLines: Number(tail) }),
    };
    const pieces = link.stream<ContainerLogPiece>((client, on) =>
      client.engines.containers.logs.subscribe(request, on),
    );
    for await (const { base64 } of pieces) {
      await call.terminal.bytes(Buffer.from(base64, "base64"));
      if (call.terminal.closed.aborted) break;
    }
    return 0;
  },
};

export const containerStats: Command = {
  path: ["container", "stats"],
  summary: "Show what each running container uses now",
  args: [],
  flags: [ENGINE_FLAG],
  examples: ["pilothouse container stats", "pilothouse container stats --engine docker --json"],
  async run(call) {
    const link = await call.link();
    const running = (await containersOf(call, link)).filter(({ container }) => container.state === "running");
    const loads = new Map<string, ContainerLoad>();
    for (const engine of new Set(running.map((each) => each.engine))) {
      const wanted = running.filter((each) => each.engine === engine).length;
      const samples = link.stream<ContainerLoad>((client, on) =>
        client.engines.containers.load.subscribe({ engine }, on),
      );
      const seen = new Set<string>();
      for await (const load of samples) {
        loads.set(load.containerId, load);
        seen.add(load.containerId);
        if (seen.size >= wanted) break;
      }
    }
    const rows = running.map(({ engine, container }) => {
      const load = loads.get(container.id);
      if (load === undefined) return [container.name, engine, "", "", ""];
      return [
        container.name,
        engine,
        `${(load.cpuCores * 100).toFixed(1)} %`,
        formatSize(load.memoryBytes),
        String(load.processCount),
      ];
    });
    await call.answer(
      [...loads.values()],
      table([["NAME", "ENGINE", "CPU", "MEMORY", "PROCESSES"], ...rows]),
    );
    return 0;
  },
};
