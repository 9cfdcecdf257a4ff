import { resolve } from "node:path";
import type { ContainerPlan, EngineProgress } from "#contract/engine.ts";
import type { AgentName } from "#contract/ids.ts";
import { formatSize } from "#core/units.ts";
import type { Call, Command } from "../command.ts";
import { answeringEngines, ENGINE_FLAG, emptyListText, oneEngine } from "../container-choice.ts";
import { table } from "../table.ts";
import { harmless } from "../terminal.ts";

const IMAGE = { name: "IMAGE", summary: "Name of the image, with tag or digest" };
const SHORT_ID = 12;

export const imageList: Command = {
  path: ["image", "list"],
  summary: "List the images of all engines with what uses them",
  args: [],
  flags: [ENGINE_FLAG],
  examples: ["pilothouse image list"],
  async run(call) {
    const link = await call.link();
    const ready = await answeringEngines(call, link);
    const lists = await Promise.all(
      ready.map(async ({ id }) => ({
        engine: id,
        images: await link.ask((client) => client.engines.images.list.query({ engine: id })),
      })),
    );
    const all = lists.flatMap(({ engine, images }) => images.map((image) => ({ engine, ...image })));
    const rows = all.map(({ engine, id, names, sizeBytes, usedBy }) => [
      id.replace("sha256:", "").slice(0, SHORT_ID),
      names.map(harmless).join(" "),
      engine,
      formatSize(sizeBytes),
      usedBy.map(harmless).join(" "),
    ]);
    const text =
      rows.length === 0
        ? await emptyListText(call, link, "images")
        : table([["ID", "NAME", "ENGINE", "SIZE", "USED BY"], ...rows]);
    await call.answer(all, text);
    return 0;
  },
};

export const imagePull: Command = {
  path: ["image", "pull"],
  summary: "Get an image from its registry",
  args: [IMAGE],
  flags: [ENGINE_FLAG],
  examples: ["pilothouse image pull docker.io/library/alpine:3.20"],
  async run(call) {
    const link = await call.link();
    const request = { engine: await oneEngine(call, link), image: call.text("IMAGE") };
    return await tell(
      call,
      link.stream((client, on) => client.engines.images.pull.subscribe(request, on)),
    );
  },
};

export const imageBuild: Command = {
  path: ["image", "build"],
  summary: "Build an image from a folder with a Dockerfile",
  args: [
    { name: "FOLDER", summary: "Folder of this computer; its .dockerignore is obeyed", completion: "folder" },
    { name: "NAME", summary: "Name and tag of the image" },
  ],
  flags: [ENGINE_FLAG],
  examples: ["pilothouse image build . localhost/web:1"],
  async run(call) {
    const link = await call.link();
    const engine = await oneEngine(call, link);
    const request = { engine, folder: resolve(call.text("FOLDER")), name: call.text("NAME") };
    return await tell(
      call,
      link.stream((client, on) => client.engines.images.build.subscribe(request, on)),
    );
  },
};

export const imagePlan: Command = {
  path: ["image", "plan"],
  summary: "Show which image an agent would run on, and the Dockerfile when one is made for it",
  args: [{ name: "AGENT", summary: "Name of the agent", completion: "agent" }],
  flags: [ENGINE_FLAG],
  examples: ["pilothouse image plan price-watcher --engine docker"],
  async run(call) {
    const link = await call.link();
    const request = { engine: await oneEngine(call, link), agent: call.text("AGENT") as AgentName };
    const plan = await link.ask((client) => client.engines.images.plan.query(request));
    const consents = plan.missingConsents.map((consent) => `Needs --allow-${consent} when it is started.`);
    await call.answer(
      plan,
      [`${plan.image} (${BUILDS[plan.build]})`, plan.dockerfile ?? "", ...consents].join("\n"),
    );
    return 0;
  },
};

const BUILDS: Readonly<Record<ContainerPlan["build"], string>> = {
  none: "as it is",
  "agent-dockerfile": "built from the agent's Dockerfile",
  "generated-dockerfile": "built from a Dockerfile made from the agent's process runtime",
};

export const imageRemove: Command = {
  path: ["image", "rm"],
  summary: "Remove an image",
  args: [IMAGE],
  flags: [ENGINE_FLAG, { name: "force", summary: "Also when a stopped container is made from it" }],
  examples: ["pilothouse image rm localhost/web:1"],
  async run(call) {
    const link = await call.link();
    const request = { engine: await oneEngine(call, link), image: call.text("IMAGE") };
    await link.tell((client) =>
      client.engines.images.remove.mutate({ ...request, isForced: call.has("force") }),
    );
    await call.answer(request, `${request.image} removed.`);
    return 0;
  },
};

async function tell({ isJson, terminal }: Call, steps: AsyncIterable<EngineProgress>): Promise<number> {
  for await (const step of steps) {
    const { layer, text } = step;
    const line = `${layer === "" ? "" : `${layer}: `}${harmless(text.trimEnd())}`;
    await (isJson ? terminal.document(step) : terminal.line(line));
  }
  return 0;
}
