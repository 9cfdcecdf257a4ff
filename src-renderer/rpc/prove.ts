/** A session and the key that proves it. The key is never sent to anybody, except to another tab of this page. */
export interface Credentials {
  readonly session: string;
  readonly key: string;
}

/** A challenge that is not answered by then is asked for again with the next attempt to connect. */
const CHALLENGE_MS = 4_000;

export interface ProofDeps {
  /** Name and port the page was opened with, as the browser sends it in Host. */
  readonly host: string;
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly subtle: Pick<SubtleCrypto, "importKey" | "sign">;
}

/** What signs one socket in. Nothing of it is good a second time, or anywhere else. */
export interface Proof {
  readonly session: string;
  readonly nonce: string;
  readonly proof: string;
}

/**
 * Asks whoever answers on the port for a nonce, and proves to hold the session's key without showing it: after a
 * restart that may be somebody else.
 *
 * @throws Error when there is no answer, or not one of ours
 */
export async function prove({ session, key }: Credentials, deps: ProofDeps): Promise<Proof> {
  const response = await deps.fetch("/challenge", {
    method: "POST",
    cache: "no-store",
    signal: AbortSignal.timeout(CHALLENGE_MS),
  });
  const answer: unknown = response.ok ? await response.json() : null;
  const nonce = answer !== null && typeof answer === "object" && "nonce" in answer ? answer.nonce : null;
  if (typeof nonce !== "string") throw new Error(`no challenge: ${response.status}`);
  const text = new TextEncoder();
  const secret = await deps.subtle.importKey(
    "raw",
    text.encode(key),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const seal = await deps.subtle.sign("HMAC", secret, text.encode(`${nonce}\n${deps.host}`));
  const proof = Array.from(new Uint8Array(seal), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { session, nonce, proof };
}

/** The credentials in a value from outside; null when it holds none. */
export function readCredentials(value: unknown): Credentials | null {
  if (value === null || typeof value !== "object" || !("session" in value) || !("key" in value)) return null;
  const { session, key } = value;
  return typeof session === "string" && typeof key === "string" ? { session, key } : null;
}
