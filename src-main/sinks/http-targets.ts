import type { SinkTarget } from "#contract/log-sink.ts";
import type { Clock } from "#core/clock.ts";
import { HttpCall, type HttpCallDeps } from "./http-call.ts";
import { lokiBody } from "./loki-body.ts";
import { otlpBody } from "./otlp-body.ts";
import { ALL_TAKEN, type Delivery, type Target } from "./sink-line.ts";

export interface HttpTargetDeps extends Pick<HttpCallDeps, "fetch" | "headers" | "timeoutMs"> {
  readonly sink: string;
  readonly clock: Clock;
  /** Of the program; receivers are told what sent a line. */
  readonly version: string;
}

const LOKI_PATH = "/loki/api/v1/push";
const OTLP_PATH = "/v1/logs";

/** Loki's push API; see https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs */
export function createLokiTarget(
  target: Extract<SinkTarget, { kind: "loki" }>,
  deps: HttpTargetDeps,
): Target {
  const tenant = target.tenant === null ? {} : { "X-Scope-OrgID": target.tenant };
  const headers = async (signal: AbortSignal) => ({ ...(await deps.headers(signal)), ...tenant });
  const call = new HttpCall({ ...deps, url: withPath(target.url, LOKI_PATH), headers });
  const send = async (body: unknown, signal: AbortSignal): Promise<Delivery> => {
    const answer = await call.send(body, signal);
    // It says 204; some that speak its protocol say 200, but none says anything else.
    if (answer.text.trim() !== "") throw call.wrongAnswer(answer);
    return ALL_TAKEN;
  };
  return httpTarget({
    deliver: (lines, signal) => send(lokiBody(lines, target.labels), signal),
    test: async (signal) => {
      const values = [
        [String(BigInt(deps.clock.nowMs()) * 1_000_000n), "A test of Pilothouse's log forwarding"],
      ];
      await send({ streams: [{ stream: { job: "pilothouse", ...target.labels }, values }] }, signal);
    },
  });
}

/** OTLP over HTTP with JSON; see https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export function createOtlpTarget(
  target: Extract<SinkTarget, { kind: "otlp" }>,
  deps: HttpTargetDeps,
): Target {
  const call = new HttpCall({ ...deps, url: withPath(target.url, OTLP_PATH) });
  return httpTarget({
    deliver: async (lines, signal) => {
      const answer = await call.send(otlpBody(lines, deps.version), signal);
      const delivery = deliveryOf(answer.text);
      if (delivery === null) throw call.wrongAnswer(answer);
      return delivery;
    },
    // The protocol lets a request be empty and wants it answered as any other.
    test: async (signal) => {
      const answer = await call.send({ resourceLogs: [] }, signal);
      if (deliveryOf(answer.text) === null) throw call.wrongAnswer(answer);
    },
  });
}

function httpTarget(how: Pick<Target, "deliver" | "test">): Target {
  return { ...how, state: null, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** What an `ExportLogsServiceResponse` says; null when the text is none. Some collectors leave it out. */
function deliveryOf(text: string): Delivery | null {
  if (text.trim() === "") return ALL_TAKEN;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // Told to the caller as what it is: no answer of this protocol.
    return null;
  }
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return null;
  const { partialSuccess } = answer as {
    partialSuccess?: { rejectedLogRecords?: unknown; errorMessage?: unknown };
  };
  const refusedLines = Number(partialSuccess?.rejectedLogRecords ?? 0);
  if (!Number.isSafeInteger(refusedLines) || refusedLines <= 0) return ALL_TAKEN;
  return { refusedLines, problem: String(partialSuccess?.errorMessage ?? "") };
}

function withPath(address: string, path: string): string {
  const url = new URL(address);
  if (url.pathname === "/" || url.pathname === "") url.pathname = path;
  return url.href;
}
