import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A socket in front of an engine that can lose answers and cut connections. */
export interface EngineProxy extends AsyncDisposable {
  readonly socket: string;
  /** How many answers were lost. */
  readonly lost: number;
  /** The next request whose first line matches reaches the engine; its answer never leaves the proxy. */
  loseAnswerTo(request: RegExp, how: "hang-up" | "silence"): void;
  /** The answer to the next request whose first line matches waits for `letGo`. */
  holdAnswerTo(request: RegExp): HeldAnswer;
  /** Ends all connections now; how many there were. */
  cut(): number;
}

export interface HeldAnswer {
  /** Resolves when the engine has answered. */
  readonly answered: Promise<void>;
  letGo(): void;
}

type Treatment = "hang-up" | "silence" | { readonly onAnswer: () => void; readonly until: Promise<void> };

export async function startEngineProxy(target: string): Promise<EngineProxy> {
  const folder = await mkdtemp(join(tmpdir(), "ph-proxy-"));
  const socket = join(folder, "p.sock");
  const pairs = new Set<readonly [Socket, Socket]>();
  let rule: { readonly request: RegExp; readonly how: Treatment } | null = null;
  let lost = 0;
  const server = createServer((client) => {
    const engine = connect(target);
    const pair = [client, engine] as const;
    let losing: Treatment | null = null;
    pairs.add(pair);
    client.on("data", (bytes) => {
      if (rule?.request.test(bytes.toString("latin1"))) {
        losing = rule.how;
        rule = null;
      }
      engine.write(bytes);
    });
    engine.on("data", (bytes) => {
      if (losing !== null && typeof losing === "object") {
        losing.onAnswer();
        void losing.until.then(() => client.write(bytes));
        return;
      }
      if (losing === null) client.write(bytes);
      else lost += 1;
      if (losing === "hang-up") client.destroy();
    });
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      engine.destroy();
    };
    for (const one of pair) one.on("close", end).on("error", end);
  });
  server.listen(socket);
  await once(server, "listening");
  const cut = () => {
    const count = pairs.size;
    for (const pair of pairs) for (const one of pair) one.destroy();
    return count;
  };
  return {
    socket,
    get lost() {
      return lost;
    },
    loseAnswerTo: (request, how) => {
      rule = { request, how };
    },
    holdAnswerTo: (request) => {
      const answered = Promise.withResolvers<void>();
      const gone = Promise.withResolvers<void>();
      rule = { request, how: { onAnswer: answered.resolve, until: gone.promise } };
      return { answered: answered.promise, letGo: gone.resolve };
    },
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
