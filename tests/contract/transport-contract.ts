import { setTimeout as sleep } from "node:timers/promises";
import type { TRPCClient } from "@trpc/client";
import { describe, expect, test } from "vitest";
import type { EventBatch } from "#contract/events.ts";
import type { AgentName } from "#contract/ids.ts";
import { runIdSchema } from "#contract/ids.ts";
import type { LogBatch } from "#contract/log.ts";
import type { AppRouter } from "#main/rpc/index.ts";
import {
  BREAKS,
  createTransportCore,
  ENDLESS,
  FLOOD,
  FLOOD_LINES,
  STEADY,
  STEADY_LINES,
  type TransportCore,
} from "./transport-core.ts";

/** A client and a served router with a real transport between them. */
export interface TransportUnderTest extends AsyncDisposable {
  readonly client: TRPCClient<AppRouter>;
  /** Cuts the connection without a goodbye; the client comes back by itself. */
  cut(): void;
  /** The client's side takes nothing more from the wire, until it goes on. */
  stopReading(): void;
  goOnReading(): void;
}

/** Serves a core over the transport and connects a client to it. */
export type OpenTransport = (core: TransportCore) => Promise<TransportUnderTest>;

/** What a stopped reader may have in flight: our own bound, one batch, and what the system's buffers take. */
const IN_FLIGHT_LIMIT = 12_000_000;

/**
 * What every transport between an entry and the core promises, however it carries bytes. `name` is what the
 * report calls it.
 */
export function describeTransportContract(name: string, open: OpenTransport): void {
  const setup = async () => {
    const core = createTransportCore();
    const transport = await open(core);
    return {
      core,
      transport,
      client: transport.client,
      [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
    };
  };

  describe(`${name}: calls`, () => {
    test("a query and a mutation are answered", async () => {
      await using setting = await setup();
      const { client } = setting;

      const list = await client.runs.list.query({});
      const settings = await client.system.changeSettings.mutate({ density: "comfortable" });

      expect([list.total, settings.density]).toEqual([0, "comfortable"]);
    });

    test("many calls at once each get their own answer", async () => {
      await using setting = await setup();
      const { client } = setting;
      const names = Array.from({ length: 60 }, (_, index) => `agent-${index}` as AgentName);

      const refused = await Promise.all(
        names.map((agent) => failureOf(client.agents.get.query({ name: agent }))),
      );

      expect(refused.map(({ app }) => app?.details["agent"])).toEqual(names);
    });

    test("a refused input names the argument and what is wrong with it", async () => {
      await using setting = await setup();

      const { app, code } = await failureOf(setting.client.runs.list.query({ limit: 0 }));

      expect(code).toBe("BAD_REQUEST");
      expect(app).toMatchObject({ code: "usage.invalid", details: { argument: "limit" } });
    });

    test("an expected failure arrives with code, message and details", async () => {
      await using setting = await setup();

      const failure = await failureOf(setting.client.agents.get.query({ name: "absent" as AgentName }));

      expect(failure).toEqual({
        code: "NOT_FOUND",
        path: "agents.get",
        app: {
          code: "agent.not_found",
          retryable: false,
          message: "No agent is called absent",
          details: { agent: "absent", nearest: "" },
        },
      });
    });

    test("a bug arrives as an incident and says nothing of its inside", async () => {
      await using setting = await setup();

      const failure = await failureOf(setting.client.agents.get.query({ name: "broken" as AgentName }));

      expect(failure.app).toMatchObject({ code: "app.bug", details: { incident: "incident-1" } });
      expect(JSON.stringify(failure)).not.toContain("secret");
      expect(setting.core.bugs.map(({ path }) => path)).toEqual(["agents.get"]);
    });
  });

  describe(`${name}: streams`, () => {
    test("unsubscribing ends the stream in the core", async () => {
      await using setting = await setup();
      const { client, core } = setting;
      const first = Promise.withResolvers<void>();
      const subscription = client.logs.follow.subscribe(
        { runId: ENDLESS },
        { onData: () => first.resolve() },
      );
      await first.promise;
      const openBefore = core.openStreams;

      subscription.unsubscribe();

      await until(() => core.openStreams === 0);
      expect(openBefore).toBe(1);
    });

    test("a client that is gone leaves no stream behind", async () => {
      const setting = await setup();
      const { client, core } = setting;
      const first = Promise.withResolvers<void>();
      client.logs.follow.subscribe({ runId: ENDLESS }, { onData: () => first.resolve() });
      await first.promise;

      await setting[Symbol.asyncDispose]();

      await until(() => core.openStreams === 0);
      expect(core.openStreams).toBe(0);
    });

    test("a bug in the middle of a stream arrives as an incident too", async () => {
      await using setting = await setup();
      const { client, core } = setting;

      const failure = await new Promise<unknown>((resolve) => {
        client.logs.follow.subscribe(
          { runId: BREAKS },
          { onError: ({ data, message }) => resolve({ data, message }) },
        );
      });

      expect(failure).toMatchObject({
        data: { app: { code: "app.bug", details: { incident: "incident-1" } } },
      });
      expect(JSON.stringify(failure)).not.toContain("secret");
      expect(core.bugs).toHaveLength(1);
    });

    test("lines go on after cut connections, none lost and none repeated", async () => {
      await using setting = await setup();
      const { client, transport } = setting;
      const numbers: number[] = [];

      await new Promise<void>((resolve, reject) => {
        client.logs.follow.subscribe(
          { runId: STEADY },
          {
            onData: ({ data }: { data: LogBatch }) => {
              const before = Math.floor(numbers.length / 500);
              numbers.push(...data.lines.map((line) => line.number));
              if (Math.floor(numbers.length / 500) > before && numbers.length < STEADY_LINES) transport.cut();
              if (data.isEnd) resolve();
            },
            onError: reject,
          },
        );
      });

      expect(numbers).toEqual(Array.from({ length: STEADY_LINES }, (_, index) => index + 1));
    });

    test("events go on after cut connections, none lost and none repeated", async () => {
      await using setting = await setup();
      const { client, core, transport } = setting;
      const seen: string[] = [];
      let resets = 0;
      const begun = Promise.withResolvers<void>();
      const subscription = client.system.events.subscribe(
        {},
        {
          onData: ({ data }: { data: EventBatch }) => {
            if (data.kind === "reset") {
              resets += 1;
              begun.resolve();
              return;
            }
            for (const event of data.events) if (event.type === "run.removed") seen.push(event.runId);
          },
        },
      );
      await begun.promise;
      const sent = Array.from({ length: 300 }, (_, index) =>
        runIdSchema.parse(String(index).padStart(16, "0")),
      );

      for (const [index, runId] of sent.entries()) {
        core.journal.publish({ type: "run.removed", runId });
        if (index % 100 === 50) transport.cut();
        if (index % 10 === 0) await sleep(1);
      }

      await until(() => seen.length >= sent.length);
      subscription.unsubscribe();
      expect(seen).toEqual(sent);
      expect(resets).toBe(1);
    });

    test("a reader that stops reading stops the stream, and gets all of it when it goes on", async () => {
      await using setting = await setup();
      const { client, core, transport } = setting;
      let lines = 0;
      const ended = Promise.withResolvers<void>();
      transport.stopReading();
      // The request is on its way even though no answer is read.
      const subscription = client.logs.follow.subscribe(
        { runId: FLOOD },
        {
          onData: ({ data }: { data: LogBatch }) => {
            lines += data.lines.length;
            if (data.isEnd) ended.resolve();
          },
          onError: (error) => ended.reject(error),
        },
      );

      await until(() => core.produced > 0);
      const produced = await untilStill(() => core.produced);
      transport.goOnReading();
      await ended.promise;
      subscription.unsubscribe();

      expect(produced).toBeLessThan(IN_FLIGHT_LIMIT);
      expect(lines).toBe(FLOOD_LINES);
    });
  });
}

/** The wire form of a failure, as the clients read it. */
async function failureOf(call: Promise<unknown>): Promise<WireFailure> {
  try {
    await call;
  } catch (error) {
    return (error as { data: WireFailure }).data;
  }
  throw new Error("the call was expected to fail");
}

interface WireFailure {
  readonly code: string;
  readonly path: string;
  readonly app: { readonly code: string; readonly details: Record<string, unknown> } | null;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(5);
}

/** The value once it has stayed the same for a while. */
async function untilStill(read: () => number): Promise<number> {
  for (let still = 0, last = read(); ; ) {
    await sleep(20);
    still = read() === last ? still + 1 : 0;
    last = read();
    if (still >= 25) return last;
  }
}
