import { setImmediate as turn } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { initTRPC } from "@trpc/server";
import { type RpcContext, RpcPortServer } from "#main/rpc/index.ts";
import { createPortWebSocket } from "#renderer/rpc/port-web-socket.ts";
import { PausablePort, rpcPortOf } from "#tests/helpers/node-ports.ts";
import { printFigure } from "./figure.ts";

const COUNT = 100_000;
const PROMISED_PER_SECOND = 25_000;

const t = initTRPC.context<RpcContext>().create();
const router = t.router({
  numbers: t.procedure.subscription(async function* () {
    for (let number = 1; number <= COUNT; number += 1) {
      yield { number };
      if (number % 100 === 0) await turn();
    }
  }),
});

/** Small messages of a subscription through tRPC and a message port, beside the bare port. */
async function measure(): Promise<void> {
  const bare = await overBarePort();
  const ours = await overRpc();
  printFigure({
    name: "small messages of a stream over a message port",
    ours: `${ours.toFixed(0)} /s`,
    alternative: `${bare.toFixed(0)} /s over the bare port`,
    ratio: ours / bare,
    promise: `≥ ${PROMISED_PER_SECOND} /s`,
    isKept: ours >= PROMISED_PER_SECOND,
  });
}

async function overBarePort(): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    port1.on("message", (text: string) => {
      if ((JSON.parse(text) as { number: number }).number === COUNT) resolve();
    });
    for (let number = 1; number <= COUNT; number += 1) port2.postMessage(JSON.stringify({ number }));
  });
  port1.close();
  return COUNT / ((performance.now() - startedAt) / 1_000);
}

async function overRpc(): Promise<number> {
  const capabilities = {
    entry: "desktop",
    nativeDialogs: true,
    notifications: true,
    newWindow: true,
  } as const;
  const server = new RpcPortServer({
    router,
    context: { door: "window", capabilities, reportBug: (error) => String(error) },
  });
  const socket = createWSClient({
    url: "port:",
    WebSocket: createPortWebSocket(async () => {
      const { port1, port2 } = new MessageChannel();
      server.accept(rpcPortOf(port2));
      return new PausablePort(port1);
    }),
  });
  const client = createTRPCClient<typeof router>({ links: [wsLink({ client: socket })] });
  const startedAt = performance.now();
  await new Promise<void>((resolve, reject) => {
    client.numbers.subscribe(undefined, {
      onData: ({ number }) => {
        if (number === COUNT) resolve();
      },
      onError: reject,
    });
  });
  const perSecond = COUNT / ((performance.now() - startedAt) / 1_000);
  await socket.close();
  await server.close();
  return perSecond;
}

await measure();
