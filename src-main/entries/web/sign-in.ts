import { createHash, createHmac, randomBytes } from "node:crypto";
import { AppError } from "#contract/errors.ts";
import type { Clock } from "#core/clock.ts";
import type { SignOut } from "#main/rpc/index.ts";
import type { WebControls } from "./local-request.ts";
import { isEqual, NonceMint } from "./nonce-mint.ts";
import type { WebMemory } from "./session-memory.ts";

const TOKEN_BYTES = 32;
/** How long a sign-in link works. */
export const LINK_LIFE_MS = 10 * 60_000;
/** A session that no page has used for this long is forgotten. */
export const SESSION_IDLE_MS = 12 * 60 * 60_000;
/** How often the use of sessions is written down while pages are open. */
const KEEP_EVERY_MS = 15 * 60_000;
/** More unused links than this push the oldest out. */
const MAX_LINKS = 16;
/** More sessions than this push out the one that was not used for longest. */
const MAX_SESSIONS = 64;

interface Link {
  readonly hash: Buffer;
  readonly madeAtMs: number;
}

/** What a page gets for a link, once. The key never travels again. */
export interface Credentials {
  readonly session: string;
  readonly key: string;
}

/** What a page sends to open a socket. */
export interface Proof {
  readonly session: string;
  readonly nonce: string;
  /** HMAC-SHA-256 of the session's key over nonce, line feed and Host, in hexadecimal. */
  readonly proof: string;
}

interface Session extends Credentials {
  readonly hash: Buffer;
  openSockets: number;
  lastUsedAtMs: number;
}

export interface SignInDeskDeps {
  readonly clock: Clock;
  /** The port that the page is served on; sessions are good on no other. */
  readonly port: number;
  /** What was kept of the last start. */
  readonly remembered: WebMemory | null;
  /** Called with all there is to know about sessions whenever that changed. */
  readonly keep: (memory: WebMemory) => Promise<void>;
  readonly controls: WebControls;
}

/**
 * Hands out one-time links, exchanges them for sessions, and lets pages in that prove to hold a session's key.
 *
 * A page that comes back after a restart cannot know who answers on the port, so it sends nothing that could be
 * used again: a proof is good once, for a nonce of this very core, within seconds, and under one name of this
 * computer. Every comparison takes the same time whether it is right early or late. Sessions end when no page
 * used them for `SESSION_IDLE_MS`, or when the page is served on another port.
 */
export class SignInDesk {
  readonly #deps: SignInDeskDeps;
  readonly #mint: NonceMint;
  #links: Link[] = [];
  #sessions: Session[];
  #isKeepingDue = false;

  constructor(deps: SignInDeskDeps) {
    this.#deps = deps;
    this.#mint = new NonceMint({ clock: deps.clock, ...deps.controls });
    this.#sessions = this.#recall();
  }

  /** A token for one sign-in, good for `LINK_LIFE_MS`. */
  createLink(): string {
    const token = newToken();
    this.#links.push({ hash: hashOf(token), madeAtMs: this.#now() });
    this.#links = this.#links.slice(-MAX_LINKS);
    return token;
  }

  /**
   * Exchanges a link's token for a session, which is kept when this resolves.
   *
   * @throws AppError `web.sign_in_link_spent`
   */
  async redeem(linkToken: string): Promise<Credentials> {
    const { spendsLinks } = this.#deps.controls;
    const hash = hashOf(linkToken);
    const link = findEqual(this.#links, hash);
    if (link !== undefined && spendsLinks) this.#links = this.#links.filter((other) => other !== link);
    if (link === undefined || (spendsLinks && this.#now() - link.madeAtMs > LINK_LIFE_MS)) {
      throw new AppError(
        "web.sign_in_link_spent",
        "This sign-in link was used before or has expired. Get a new one with: pilothouse open",
      );
    }
    const credentials = { session: newToken(), key: newToken() };
    this.#add(sessionOf(credentials, this.#now()));
    await this.keep();
    return credentials;
  }

  /** A nonce to prove the next sign-in with. */
  challenge(): string {
    return this.#mint.issue();
  }

  /** Counts a socket for the session it proves to hold. @throws AppError `web.session_unknown` */
  enter({ session: id, nonce, proof }: Proof, host: string): SignOut {
    this.#forgetIdle();
    const session = findEqual(this.#sessions, hashOf(id));
    if (
      session === undefined ||
      !this.#mint.isGood(nonce) ||
      !this.#isRight({ nonce, proof }, session, host)
    ) {
      throw new AppError(
        "web.session_unknown",
        "This page is not signed in. Get a sign-in link with: pilothouse open",
      );
    }
    this.#mint.spend(nonce);
    session.openSockets += 1;
    session.lastUsedAtMs = this.#now();
    this.#keepLater();
    return () => {
      session.openSockets -= 1;
      session.lastUsedAtMs = this.#now();
      void this.keep();
    };
  }

  #isRight({ nonce, proof }: Pick<Proof, "nonce" | "proof">, session: Session, host: string): boolean {
    const message = this.#deps.controls.bindsHost ? `${nonce}\n${host}` : nonce;
    const right = createHmac("sha256", session.key).update(message).digest();
    return isEqual(Buffer.from(proof, "hex"), right);
  }

  #recall(): Session[] {
    const { clock, controls, port, remembered } = this.#deps;
    if (remembered === null || (controls.bindsPort && remembered.port !== port)) return [];
    return remembered.sessions.slice(0, MAX_SESSIONS).map(({ id, key, lastUsedAtMs }) => {
      // A clock that was set back makes no session younger than new.
      const idleMs = Math.max(0, clock.nowMs() - lastUsedAtMs);
      return sessionOf({ session: id, key }, this.#now() - idleMs);
    });
  }

  #keepLater(): void {
    if (this.#isKeepingDue) return;
    this.#isKeepingDue = true;
    this.#deps.clock.after(KEEP_EVERY_MS, () => {
      this.#isKeepingDue = false;
      for (const session of this.#sessions) {
        if (session.openSockets > 0) session.lastUsedAtMs = this.#now();
      }
      void this.keep();
      if (this.#sessions.some(({ openSockets }) => openSockets > 0)) this.#keepLater();
    });
  }

  /** Writes the port and the sessions down as they are now. */
  keep(): Promise<void> {
    this.#forgetIdle();
    const { clock, keep, port } = this.#deps;
    const sessions = this.#sessions.map(({ session, key, lastUsedAtMs, openSockets }) => {
      const idleMs = openSockets > 0 ? 0 : this.#now() - lastUsedAtMs;
      return { id: session, key, lastUsedAtMs: Math.round(clock.nowMs() - idleMs) };
    });
    return keep({ version: 1, port, sessions });
  }

  #add(session: Session): void {
    this.#forgetIdle();
    if (this.#sessions.length >= MAX_SESSIONS) {
      const [oldest] = this.#sessions.toSorted(
        (a, b) => a.openSockets - b.openSockets || a.lastUsedAtMs - b.lastUsedAtMs,
      );
      this.#sessions = this.#sessions.filter((other) => other !== oldest);
    }
    this.#sessions.push(session);
  }

  #forgetIdle(): void {
    const oldest = this.#now() - SESSION_IDLE_MS;
    this.#sessions = this.#sessions.filter(
      ({ openSockets, lastUsedAtMs }) => openSockets > 0 || lastUsedAtMs >= oldest,
    );
  }

  #now(): number {
    return this.#deps.clock.monotonicMs();
  }
}

function sessionOf(credentials: Credentials, lastUsedAtMs: number): Session {
  return { ...credentials, hash: hashOf(credentials.session), openSockets: 0, lastUsedAtMs };
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Looks at every entry, so that the time says nothing about which one it was. */
function findEqual<T extends { readonly hash: Buffer }>(entries: readonly T[], hash: Buffer): T | undefined {
  let found: T | undefined;
  for (const entry of entries) if (isEqual(entry.hash, hash)) found = entry;
  return found;
}
