import { setImmediate as turn } from "node:timers/promises";
import { initTRPC } from "@trpc/server";
import { describe, expect, test } from "vitest";
import type { RpcContext } from "./context.ts";
import type { RpcPort } from "./port-socket.ts";
import { RpcPortServer } from "./serve-port.ts";

const t = initTRPC.context<RpcContext>().create();
/** A minimum of characters: what a reader of text never takes back is still counted. */
const LONG = "x".repeat(1_000);

/** The page's end of a port, played by the test. */
class FakePort implements RpcPort {
  readonly sent: unknown[] = [];
  isClosed = false;
  say: (value: unknown) => void = () => undefined;
  leave: () => void = () => undefined;

  post(value: unknown): void {
    this.sent.push(value);
  }

  onMessage(listener: (value: unknown) => void): void {
    this.say = listener;
  }

  onClose(listener: () => void): void {
    this.leave = listener;
  }

  start(): void {
    this.post("started");
  }

  close(): void {
    this.isClosed = true;
  }
}

function setup() {
  const slow = Promise.withResolvers<string>();
  const sinks: RpcContext["sink"][] = [];
  const router = t.router({
    long: t.procedure.query(({ ctx }) => {
      sinks.push(ctx.sink);
      return LONG;
    }),
    slow: t.procedure.mutation(async ({ ctx }) => {
      using _call = ctx.beginCall?.();
      return await slow.promise;
    }),
  });
  const server = new RpcPortServer({
    router,
    maxConnections: 2,
    context: {
      door: "window",
      capabilities: { entry: "desktop", nativeDialogs: true, notifications: true, newWindow: true },
      reportBug: () => "incident",
    },
  });
  const connect = () => {
    const port = new FakePort();
    server.accept(port);
    return port;
  };
  return { connect, server, sinks, slow };
}

const call = (method: "query" | "mutation", path: string) =>
  JSON.stringify({ id: 1, method, params: { path } });

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await turn();
}

describe("a server of message ports", () => {
  test("says that it is ready before anything else", () => {
    const { connect } = setup();

    expect(connect().sent).toEqual(["started", { ready: true }]);
  });

  test("knows what is in flight, by what the reader says it took", async () => {
    const { connect, sinks } = setup();
    const port = connect();
    port.say(call("query", "long"));
    await until(() => port.sent.length === 3);
    const answer = String(port.sent[2]);

    const before = sinks[0]?.bufferedAmount;
    port.say({ took: answer.length });

    expect([before, sinks[0]?.bufferedAmount]).toEqual([answer.length, 0]);
  });

  test.each([
    { what: "took more than was sent", value: { took: 5_000_000 } },
    { what: "took less than before", value: { took: -1 } },
    { what: "says something that is no frame", value: { hello: 1 } },
    { what: "sends bytes", value: new Uint8Array(4) },
    { what: "sends more than a call may hold", value: "x".repeat(5_000_000) },
  ])("lets go of a page that $what", ({ value }) => {
    const { connect, server } = setup();
    const port = connect();

    port.say(value);

    expect([port.isClosed, server.connectionCount]).toEqual([true, 0]);
  });

  test("takes no more pages than it may, and one again for one that left", () => {
    const { connect, server } = setup();
    const [first] = [connect(), connect()];

    const third = connect();
    first.leave();
    const fourth = connect();

    expect(third.sent).toEqual([{ closed: 1013 }]);
    expect([third.isClosed, fourth.isClosed, server.connectionCount]).toEqual([true, false, 2]);
  });

  test("answers what it has begun before it closes, says why, and begins nothing more", async () => {
    const { connect, server, slow } = setup();
    const port = connect();
    port.say(call("mutation", "slow"));
    await turn();

    const closing = server.close();
    port.say(call("query", "long"));
    slow.resolve("done");
    await closing;
    const late = connect();

    expect(port.sent.slice(2).map((sent) => (typeof sent === "string" ? JSON.parse(sent) : sent))).toEqual([
      { id: 1, result: { type: "data", data: "done" } },
      { closed: 1001 },
    ]);
    expect(late.sent).toEqual([{ closed: 1013 }]);
  });

  test("cuts a page whose call is not answered in time, without a word that it might repeat it", async () => {
    const { connect, server } = setup();
    const port = connect();
    port.say(call("mutation", "slow"));
    await turn();

    await server.close();

    expect(port.sent).toEqual(["started", { ready: true }]);
    expect(port.isClosed).toBe(true);
  });
});
