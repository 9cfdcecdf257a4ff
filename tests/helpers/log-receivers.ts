import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/**
 * Doubles of receivers, for there is none of either kind in Debian 12. They check what is documented, to the letter:
 * an unknown key, a number where a text belongs or a wrong path is answered as an error that no test expects.
 */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** Lines that were taken, in order. */
  readonly lines: readonly ReceivedLine[];
  readonly requests: readonly { readonly path: string; readonly headers: IncomingMessage["headers"] }[];
  /** What was wrong with requests. */
  readonly problems: readonly string[];
  /** How the next requests are treated, one each; afterwards all is well. */
  misbehave(...how: readonly Misbehaviour[]): void;
  /** How often each way was really gone. */
  readonly misbehaved: readonly Misbehaviour[];
  /** From now on nothing is answered that does not misbehave, until the returned function is called. */
  hold(): () => void;
  /** Resolves once so many lines were taken. */
  until(count: number): Promise<void>;
  /** Closes the door; connections are refused until it is opened again at the same address. */
  close(): Promise<void>;
  open(): Promise<void>;
}

export interface ReceivedLine {
  readonly text: string;
  readonly atNanos: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** A status with headers, a cut before or after the lines were taken, silence, or an answer of another program. */
export type Misbehaviour =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | "cut-before"
  | "cut-after"
  | "silence"
  | "html";

interface Protocol {
  readonly path: string;
  /** @throws ZodError for anything that is not as documented */
  linesIn(body: unknown): readonly ReceivedLine[];
  yes(response: ServerResponse): void;
}

const nanos = z.string().regex(/^[1-9]\d{18}$/);

/** https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs */
const LOKI: Protocol = {
  path: "/loki/api/v1/push",
  linesIn(body) {
    const label = z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string());
    const push = z.strictObject({
      streams: z
        .array(z.strictObject({ stream: label, values: z.array(z.tuple([nanos, z.string()])).min(1) }))
        .min(1),
    });
    return push
      .parse(body)
      .streams.flatMap(({ stream, values }) =>
        values.map(([atNanos, text]) => ({ text, atNanos, facts: stream })),
      );
  },
  yes: (response) => response.writeHead(204).end(),
};

const attribute = z.strictObject({
  key: z.string().min(1),
  // int64 is a decimal text in the JSON form of protobuf.
  value: z.union([
    z.strictObject({ stringValue: z.string() }),
    z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
    z.strictObject({ boolValue: z.boolean() }),
  ]),
});

/** https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding and opentelemetry/proto/logs/v1/logs.proto */
const OTLP: Protocol = {
  path: "/v1/logs",
  linesIn(body) {
    const record = z.strictObject({
      timeUnixNano: nanos,
      observedTimeUnixNano: nanos,
      severityNumber: z.number().int().min(1).max(24).optional(),
      severityText: z.string().optional(),
      body: z.strictObject({ stringValue: z.string() }),
      attributes: z.array(attribute),
    });
    const scope = z.strictObject({ name: z.string(), version: z.string() });
    const request = z.strictObject({
      resourceLogs: z.array(
        z.strictObject({
          resource: z.strictObject({ attributes: z.array(attribute) }),
          scopeLogs: z.array(z.strictObject({ scope, logRecords: z.array(record) })),
        }),
      ),
    });
    return request.parse(body).resourceLogs.flatMap(({ resource, scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map(({ attributes, severityNumber, ...rest }) => ({
          text: rest.body.stringValue,
          atNanos: rest.observedTimeUnixNano,
          facts: {
            ...factsOf([...resource.attributes, ...attributes]),
            time: rest.timeUnixNano,
            severity: String(severityNumber ?? ""),
          },
        })),
      ),
    );
  },
  yes: (response) => response.writeHead(200, { "content-type": "application/json" }).end("{}"),
};

function factsOf(attributes: readonly z.infer<typeof attribute>[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}

export function startLoki(): Promise<Receiver> {
  return startReceiver(LOKI);
}

export function startOtlp(): Promise<Receiver> {
  return startReceiver(OTLP);
}

async function startReceiver(protocol: Protocol): Promise<Receiver> {
  const lines: ReceivedLine[] = [];
  const requests: { path: string; headers: IncomingMessage["headers"] }[] = [];
  const problems: string[] = [];
  const planned: Misbehaviour[] = [];
  const misbehaved: Misbehaviour[] = [];
  const waiting = new Set<() => void>();
  let held: Promise<void> = Promise.resolve();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await Array.fromAsync(request)).toString();
    requests.push({ path: request.url ?? "", headers: request.headers });
    const how = planned.shift();
    if (how !== undefined) misbehaved.push(how);
    if (how !== undefined && how !== "cut-after") return misbehave(how, response);
    await held;
    // Whoever gave up while it was held has not sent anything.
    if (response.destroyed || !take(request, text)) {
      response.writeHead(400).end("not as documented");
      return;
    }
    if (how === "cut-after") response.destroy();
    else protocol.yes(response);
    for (const look of waiting) look();
  }

  /** Whether it is a request as documented; its lines are kept. */
  function take({ headers, method, url }: IncomingMessage, text: string): boolean {
    try {
      if (`${method} ${url} ${headers["content-type"]}` !== `POST ${protocol.path} application/json`) {
        throw new Error(`${method} ${url} ${headers["content-type"]}`);
      }
      lines.push(...protocol.linesIn(JSON.parse(text)));
      return true;
    } catch (error) {
      problems.push(String(error));
      return false;
    }
  }

  function misbehave(how: Exclude<Misbehaviour, "cut-after">, response: ServerResponse): void {
    if (how === "silence") return;
    if (how === "cut-before") response.destroy();
    else if (how === "html") {
      response.writeHead(200, { "content-type": "text/html" }).end("<html><body>Please log in</body></html>");
    } else response.writeHead(how.status, how.headers).end(how.body ?? "no");
  }

  const listen = async (port: number) => {
    const server = createServer((request, response) => void answer(request, response));
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    lines,
    requests,
    problems,
    misbehaved,
    misbehave: (...how) => planned.push(...how),
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (lines.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close,
    open: async () => {
      server = await listen(port);
    },
    [Symbol.asyncDispose]: close,
  };
}
