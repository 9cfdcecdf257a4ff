import { type Agent, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { Readable } from "node:stream";

/** One request over HTTP. */
export interface Asking {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** As the `fetch` of the web, but for redirects, which are answers like others: another address was not agreed to. */
export type Fetch = (url: string | URL, asking: Asking) => Promise<Response>;

/** Statuses that have no body by definition; a `Response` refuses one for them. */
const BODYLESS: readonly (number | undefined)[] = [204, 205, 304];

export function fetchWith(agentFor: (isSecure: boolean) => Agent): Fetch {
  return (url, { body, headers = {}, method = "GET", signal }) =>
    new Promise((resolve, reject) => {
      const address = new URL(url);
      const isSecure = address.protocol === "https:";
      const options = { method, headers, signal, agent: agentFor(isSecure) };
      const asking = (isSecure ? secureRequest : plainRequest)(address, options, (incoming) => {
        const { rawHeaders, statusCode, statusMessage = "" } = incoming;
        const isBodyless = BODYLESS.includes(statusCode);
        if (isBodyless) incoming.resume();
        const stream = isBodyless ? null : (Readable.toWeb(incoming) as ReadableStream);
        resolve(
          new Response(stream, {
            ...(statusCode === undefined ? {} : { status: statusCode }),
            statusText: statusMessage,
            headers: pairsOf(rawHeaders),
          }),
        );
      });
      asking.on("error", reject);
      asking.end(body);
    });
}

function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : [],
  );
}
