import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { AppError, ERROR_CATALOGUE } from "#contract/errors.ts";
import type { Clock } from "#core/clock.ts";
import type { SignInDesk } from "./sign-in.ts";

/** A token is 43 characters; nothing that is sent here has a reason to be longer. */
const MAX_BODY_BYTES = 1_024;
/** A wrong token is answered this late, and only so many wait at a time. */
const REFUSAL_DELAY_MS = 500;
const MAX_WAITING_REFUSALS = 8;

const bodySchema = z.strictObject({ token: z.string().min(1).max(200) });

export interface SessionEndpointDeps {
  readonly desk: SignInDesk;
  readonly clock: Clock;
  /** False only in security tests. */
  readonly limitsSize: boolean;
}

/**
 * `POST /session {"token": …}` exchanges a sign-in link's token for a session: `{"session": …, "key": …}`.
 * `POST /challenge` gives a nonce for the next socket: `{"nonce": …}`; anybody may have any number of them.
 *
 * Guessing is slow and bounded, yet never locks a right token out: only wrong ones wait.
 */
export class SessionEndpoint {
  readonly #deps: SessionEndpointDeps;
  #waiting = 0;

  constructor(deps: SessionEndpointDeps) {
    this.#deps = deps;
  }

  challenge(response: ServerResponse): void {
    sendJson(response, 200, { nonce: this.#deps.desk.challenge() });
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers["content-type"]?.split(";", 1)[0]?.trim() !== "application/json") {
      response.writeHead(415).end();
      return;
    }
    const body = await readBody(request, this.#deps.limitsSize ? MAX_BODY_BYTES : Number.POSITIVE_INFINITY);
    if (body === null) {
      response.writeHead(413, { Connection: "close" }).end();
      return;
    }
    const token = tokenOf(body);
    if (token === null) {
      response.writeHead(400).end();
      return;
    }
    try {
      sendJson(response, 200, await this.#deps.desk.redeem(token));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await this.#refuse(response, error);
    }
  }

  async #refuse(response: ServerResponse, error: AppError): Promise<void> {
    if (this.#waiting >= MAX_WAITING_REFUSALS) {
      response.writeHead(429, { "Retry-After": "1" }).end();
      return;
    }
    this.#waiting += 1;
    await new Promise<void>((resolve) => this.#deps.clock.after(REFUSAL_DELAY_MS, resolve));
    this.#waiting -= 1;
    const status = ERROR_CATALOGUE[error.code].rpc === "UNAUTHORIZED" ? 401 : 403;
    sendJson(response, status, { error: error.toWire() });
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Cache-Control", "no-store");
  response.writeHead(status).end(JSON.stringify(value));
}

function tokenOf(body: Buffer): string | null {
  try {
    return bodySchema.parse(JSON.parse(body.toString("utf8"))).token;
  } catch {
    // Not JSON, or not of this shape: the caller answers 400, and there is nothing more to say.
    return null;
  }
}

/** The whole body, or null when it is larger than allowed. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
