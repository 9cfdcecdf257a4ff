import { AppError } from "#contract/errors.ts";
import type { Clock } from "#core/clock.ts";
import type { Fetch } from "#main/network/index.ts";
import { LinesRefused } from "./sink-line.ts";

export interface HttpCallDeps {
  readonly sink: string;
  readonly url: string;
  /** What it logs in with; asked for once, and again after it was turned away. */
  readonly headers: (signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** How long an answer may take. */
  readonly timeoutMs: number;
}

/** What the other side said, as far as it matters. */
export interface HttpAnswer {
  readonly status: number;
  /** The beginning of the body. */
  readonly text: string;
}

const ANSWER_BYTES = 16 * 1024;
const PROBLEM_CHARS = 200;
/** What another request, or a smaller one, may mend; everything else that is not 2xx is worth the same try later. */
const REFUSING = new Set([400, 413, 422]);
const TURNED_AWAY = new Set([401, 403, 407]);

/** Sends bodies to one address. */
export class HttpCall {
  readonly #deps: HttpCallDeps;
  #headers: Readonly<Record<string, string>> | null = null;

  constructor(deps: HttpCallDeps) {
    this.#deps = deps;
  }

  /**
   * The answer to `body`, for the caller to judge; its status is 2xx.
   *
   * @throws LinesRefused when this body will never be taken
   * @throws AppError `sink.unreachable`, `sink.failed`; what the vault throws
   */
  async send(body: unknown, signal: AbortSignal): Promise<HttpAnswer> {
    const { clock, timeoutMs } = this.#deps;
    this.#headers ??= await this.#deps.headers(signal);
    const late = new AbortController();
    const timer = clock.after(timeoutMs, () => late.abort());
    try {
      return await this.#send(body, AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (
        (error instanceof AppError && !isOfNetwork(error)) ||
        error instanceof LinesRefused ||
        signal.aborted
      )
        throw error;
      const problem = late.signal.aborted ? `no answer within ${timeoutMs} ms` : causeOf(error);
      throw this.#failure("sink.unreachable", this.#hidden(problem), { cause: error });
    } finally {
      timer.cancel();
    }
  }

  /** For an answer that is not what the protocol says. */
  wrongAnswer({ status, text }: HttpAnswer): AppError {
    const problem = `answered ${status} with something else than the protocol says: ${this.#hidden(text) || "nothing"}`;
    return this.#failure("sink.failed", problem);
  }

  async #send(body: unknown, signal: AbortSignal): Promise<HttpAnswer> {
    // It follows no redirect: another address was not agreed to, least of all with a credential.
    const response = await this.#deps.fetch(this.#deps.url, {
      method: "POST",
      headers: { ...this.#headers, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal,
    });
    const answer = { status: response.status, text: await beginningOf(response) };
    if (response.ok) return answer;
    const problem = `answered ${answer.status}: ${this.#hidden(answer.text) || response.statusText}`;
    if (REFUSING.has(answer.status)) throw new LinesRefused(problem);
    // The credential may have been replaced since it was read.
    if (TURNED_AWAY.has(answer.status)) this.#headers = null;
    throw this.#failure("sink.failed", problem, { retryAfterMs: retryAfterOf(response, this.#deps.clock) });
  }

  #failure(
    code: "sink.unreachable" | "sink.failed",
    problem: string,
    { cause, retryAfterMs = null }: { cause?: unknown; retryAfterMs?: number | null } = {},
  ): AppError {
    const { sink } = this.#deps;
    const details = { sink, problem, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
    return new AppError(code, `${sink}: ${problem}`, { details, cause });
  }

  /** What came back, short, on one line, and without what we sent to log in. */
  #hidden(text: string): string {
    let shown = text;
    for (const value of Object.values(this.#headers ?? {})) {
      const secret = value.replace(/^(Bearer|Basic) /, "");
      if (secret !== "") shown = shown.replaceAll(secret, "•••");
    }
    return shown.replace(/\s+/g, " ").trim().slice(0, PROBLEM_CHARS);
  }
}

async function beginningOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    size += piece.length;
    // Leaving the loop lets go of the connection; nobody needs the rest.
    if (size >= ANSWER_BYTES) break;
  }
  return Buffer.concat(pieces).toString("utf8", 0, ANSWER_BYTES);
}

const LONGEST_WISH_MS = 3_600_000;

/** `Retry-After` in milliseconds: seconds, or a date. */
function retryAfterOf(response: Response, clock: Clock): number | null {
  const text = response.headers.get("retry-after");
  if (text === null) return null;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - clock.nowMs()) / 1_000;
  return Number.isFinite(seconds) ? Math.min(LONGEST_WISH_MS, Math.max(0, seconds * 1_000)) : null;
}

/** What the way there says of itself is a reason why nobody was reached. */
function isOfNetwork({ code }: AppError): boolean {
  return code.startsWith("network.");
}

/** Why it failed may stand in the causes; what the way there says of itself is said already. */
function causeOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  if (!(current instanceof Error)) return String(current);
  const { errors } = current as Error & { errors?: readonly unknown[] };
  const [first] = errors ?? [];
  return first instanceof Error ? first.message : current.message;
}
