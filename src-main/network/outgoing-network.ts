import { type Agent, type ClientRequestArgs, Agent as HttpAgent, request } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { connect, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect as connectTls, rootCertificates } from "node:tls";
import { AppError } from "#contract/errors.ts";
import type { NetworkSettings } from "#contract/network.ts";
import { describeError } from "#main/platform/index.ts";
import { type Fetch, fetchWith } from "./fetch.ts";
import { readAuthorities } from "./own-authorities.ts";
import { type HostPort, proxyFor } from "./proxy-choice.ts";

/** Where a connection goes. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  /** What is special about TLS to it, e.g. a certificate of ours; null for a connection without TLS. */
  readonly tls: ConnectionOptions | null;
}

export interface OutgoingNetworkDeps {
  /** Asked for every connection, so a change holds from the next one on. */
  readonly settings: () => NetworkSettings;
}

type Made = (error: Error | null, socket: Duplex) => void;

/** How long a proxy may take to say whether it connects. */
const PROXY_ANSWER_MS = 15_000;

/** The one way from the core to another computer. */
export class OutgoingNetwork {
  /** For what is asked over HTTP. Errors as `connect` throws them, and the system's. */
  readonly fetch: Fetch;
  readonly #deps: OutgoingNetworkDeps;

  constructor(deps: OutgoingNetworkDeps) {
    this.#deps = deps;
    this.fetch = fetchWith((isSecure) => this.agentFor(isSecure ? {} : null));
  }

  /** Whether settings can be used. @throws AppError `network.authorities_unusable` */
  async check({ caFile }: NetworkSettings): Promise<void> {
    await readAuthorities(caFile);
  }

  /** For Node's HTTP client: connects to where the request goes. `tls` as in `Destination`. */
  agentFor(tls: ConnectionOptions | null): Agent {
    const connectTo = (to: Destination) => this.connect(to);
    const make = (options: ClientRequestArgs, made: Made): undefined => {
      const { host, port } = options;
      connectTo({ host: host ?? "localhost", port: Number(port), tls }).then(
        (socket) => made(null, socket),
        // The client reads the error only.
        (error: unknown) => made(error as Error, undefined as never),
      );
    };
    // Only the class says which protocol an agent is for.
    return Object.assign(tls === null ? new HttpAgent() : new HttpsAgent(), { createConnection: make });
  }

  /**
   * Opens a connection, with TLS where it is asked for.
   *
   * @throws AppError `network.proxy_refused`, `network.authorities_unusable`; the system's error when `to` refuses
   */
  async connect({ host, port, tls }: Destination): Promise<Socket> {
    const settings = this.#deps.settings();
    const proxy = proxyFor(host, settings);
    const trusted = tls === null || tls.ca !== undefined ? null : await readAuthorities(settings.caFile);
    const socket = proxy === null ? await direct({ host, port }) : await through(proxy, { host, port });
    if (tls === null) return socket;
    const secure = connectTls({
      ...tls,
      socket,
      ...(isIP(host) === 0 ? { servername: host } : { host }),
      ...(trusted === null || trusted.length === 0 ? {} : { ca: [...rootCertificates, ...trusted] }),
    });
    return await secured(secure);
  }
}

function direct(to: HostPort): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(to, () => {
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

/** A tunnel through a proxy, for TLS and plain connections alike. */
function through(proxy: HostPort, to: HostPort): Promise<Socket> {
  const place = `${to.host.includes(":") ? `[${to.host}]` : to.host}:${to.port}`;
  return new Promise((resolve, reject) => {
    const refuse = (problem: string, cause?: unknown) => {
      const details = { proxy: `${proxy.host}:${proxy.port}`, address: place, problem };
      const message = `The proxy ${details.proxy} does not connect to ${place}: ${problem}`;
      reject(new AppError("network.proxy_refused", message, { details, cause }));
    };
    const asking = request({
      ...proxy,
      method: "CONNECT",
      path: place,
      headers: { Host: place },
      agent: false,
      timeout: PROXY_ANSWER_MS,
    });
    asking.once("connect", ({ statusCode = 0, statusMessage = "" }, socket, head) => {
      if (statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket as Socket);
        return;
      }
      socket.destroy();
      refuse(`${statusCode} ${statusMessage}`.trim());
    });
    asking.once("response", ({ statusCode = 0 }) => {
      asking.destroy();
      refuse(`${statusCode}`);
    });
    asking.once("timeout", () => asking.destroy(new Error(`no answer within ${PROXY_ANSWER_MS / 1_000} s`)));
    asking.once("error", (error) => refuse(describeError(error), error));
    asking.end();
  });
}

function secured(socket: ReturnType<typeof connectTls>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.once("error", fail);
    socket.once("secureConnect", () => {
      socket.off("error", fail);
      resolve(socket);
    });
  });
}
