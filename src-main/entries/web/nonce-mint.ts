import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "#core/clock.ts";

/** How long a page has between asking for a nonce and using it. */
export const NONCE_LIFE_MS = 10_000;

const RANDOM_BYTES = 16;
const SEAL_KEY_BYTES = 32;

export interface NonceMintDeps {
  readonly clock: Clock;
  /** False only in security tests: nonces stay good, and may be used again. */
  readonly spendsNonces: boolean;
  /** False only in security tests: nonces that somebody else made up are good too. */
  readonly sealsNonces: boolean;
}

/**
 * Makes the nonces of challenges and takes each back once.
 *
 * A nonce carries its own expiry under a seal that only this mint can make, so that one that is given out takes
 * no memory: a flood of challenges pushes nobody's nonce out. Only those that were used are remembered, for as
 * long as they would be good. A nonce of another core, or of one that ran before, is as unknown as a guess.
 */
export class NonceMint {
  readonly #deps: NonceMintDeps;
  readonly #sealKey = randomBytes(SEAL_KEY_BYTES);
  /** Nonces that were used, with the time after which they are no good anyway. */
  readonly #spent = new Map<string, number>();

  constructor(deps: NonceMintDeps) {
    this.#deps = deps;
  }

  issue(): string {
    const untilMs = Math.ceil(this.#deps.clock.monotonicMs() + NONCE_LIFE_MS);
    const body = `${randomBytes(RANDOM_BYTES).toString("base64url")}.${untilMs}`;
    return `${body}.${this.#sealOf(body).toString("base64url")}`;
  }

  /** Whether this mint made the nonce, a moment ago, and it was not used yet. */
  isGood(nonce: string): boolean {
    const { clock, sealsNonces, spendsNonces } = this.#deps;
    const end = nonce.lastIndexOf(".");
    const body = nonce.slice(0, Math.max(end, 0));
    const isOurs = isEqual(Buffer.from(nonce.slice(end + 1), "base64url"), this.#sealOf(body));
    if (sealsNonces && !isOurs) return false;
    if (!spendsNonces || !isOurs) return true;
    return untilOf(body) >= clock.monotonicMs() && !this.#spent.has(body);
  }

  /** From now on the nonce is no good. Called for nonces that came with a right proof, so nobody else can fill it. */
  spend(nonce: string): void {
    const nowMs = this.#deps.clock.monotonicMs();
    for (const [body, untilMs] of this.#spent) {
      if (untilMs < nowMs) this.#spent.delete(body);
    }
    const body = nonce.slice(0, Math.max(nonce.lastIndexOf("."), 0));
    this.#spent.set(body, untilOf(body));
  }

  #sealOf(body: string): Buffer {
    return createHmac("sha256", this.#sealKey).update(body).digest();
  }
}

function untilOf(body: string): number {
  return Number(body.slice(body.indexOf(".") + 1));
}

/** Takes the same time wherever the two differ. */
export function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
