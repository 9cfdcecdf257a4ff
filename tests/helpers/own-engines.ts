import { tmpdir } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import type { EngineId } from "#contract/engine.ts";
import type { CoreEvent } from "#contract/events.ts";
import { DEFAULT_NETWORK } from "#contract/network.ts";
import { Engines, type EnginesDeps } from "#main/drivers/container/index.ts";
import { OutgoingNetwork } from "#main/network/index.ts";
import { SystemClock } from "#main/platform/index.ts";
import { BUSYBOX_IMAGE, NODE_IMAGE, type TestEngine } from "./engines.ts";

/** The engines module on nothing but the engines given; with none, every call says that there is no such engine. */
export function createOwnEngines(
  on: readonly TestEngine[],
  {
    environment = { PATH: process.env["PATH"] },
    folder = tmpdir(),
    socketPlaces = on.map(({ product, socket }) => ({ name: product, path: socket })),
    ...changes
  }: Partial<EnginesDeps> & Partial<Pick<EnginesDeps["search"], "environment" | "socketPlaces">> = {},
): { readonly engines: Engines; readonly events: CoreEvent[] } {
  const events: CoreEvent[] = [];
  const network = new OutgoingNetwork({ settings: () => DEFAULT_NETWORK });
  const engines = new Engines({
    search: {
      environment,
      homeFolder: folder,
      platform: process.platform,
      onTrouble: () => undefined,
      socketPlaces,
    },
    agentFor: (tls) => network.agentFor(tls),
    folder,
    clock: new SystemClock(),
    publish: (event) => events.push(event),
    plainUser: "65534:65534",
    onFound: () => undefined,
    recipeOf: () => {
      throw new Error("no test of these asks for a plan");
    },
    bases: { python: NODE_IMAGE, node: NODE_IMAGE, plain: BUSYBOX_IMAGE },
    buildNetwork: "none",
    ...changes,
  });
  return { engines, events };
}

/** Asks an engine until it has said what it is, which may come after its list. */
export async function untilKnown(engines: Engines, id: EngineId): Promise<void> {
  while ((await engines.look(id)).product === "unknown") await wait(ASK_MS);
}

const ASK_MS = 50;
