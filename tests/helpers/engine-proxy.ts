import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A socket in front of an engine that can lose, refuse and change answers and cut connections. */
export interface EngineProxy extends AsyncDisposable {
  readonly socket: string;
  /** How many answers were lost, refused or changed. */
  readonly lost: number;
  /** The next request whose first line matches reaches the engine; its answer never leaves the proxy. */
  loseAnswerTo(request: RegExp, how: "hang-up" | "silence"): void;
  /** The answer to the next request whose first line matches waits for `letGo`. */
  holdAnswerTo(request: RegExp): HeldAnswer;
  /** The next request whose first line matches never reaches the engine: it is refused with `problem`. */
  refuse(request: RegExp, problem: string): void;
  /** What the engine says to the next request whose first line matches ends with `bytes` that it did not say. */
  endAnswerTo(request: RegExp, bytes: Uint8Array): void;
  /** Ends all connections now; how many there were. */
  cut(): number;
}

export interface HeldAnswer {
  /** Resolves when the engine has answered. */
  readonly answered: Promise<void>;
  letGo(): void;
}

type Treatment =
  | "hang-up"
  | "silence"
  | { readonly onAnswer: () => void; readonly until: Promise<void> }
  | { readonly refusal: string }
  | { readonly last: Uint8Array };

function refusalOf(problem: string): string {
  const body = JSON.stringify({ message: problem });
  const head = `HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n`;
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

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
        const { how } = rule;
        rule = null;
        if (typeof how === "object" && "refusal" in how) {
          lost += 1;
          client.write(how.refusal);
          return;
        }
        losing = how;
      }
      engine.write(bytes);
    });
    engine.on("data", (bytes) => {
      if (losing !== null && typeof losing === "object" && "until" in losing) {
        losing.onAnswer();
        void losing.until.then(() => client.write(bytes));
        return;
      }
      if (losing === null || typeof losing === "object") client.write(bytes);
      else lost += 1;
      if (losing === "hang-up") client.destroy();
    });
    engine.on("end", () => {
      if (losing === null || typeof losing !== "object" || !("last" in losing)) return;
      lost += 1;
      client.end(losing.last);
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
    refuse: (request, problem) => {
      rule = { request, how: { refusal: refusalOf(problem) } };
    },
    endAnswerTo: (request, last) => {
      rule = { request, how: { last } };
    },
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
