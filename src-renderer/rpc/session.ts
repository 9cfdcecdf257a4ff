import { type Credentials, readCredentials } from "./prove.ts";
import type { Tabs } from "./tabs.ts";

/** Where the page keeps its session: this tab only, gone when it is closed. */
const STORAGE_KEY = "pilothouse.session";
const FRAGMENT_KEY = "signin";

/** The parts of the browser the sign-in touches. */
export interface SessionDeps {
  readonly location: Pick<Location, "hash" | "pathname" | "search">;
  readonly history: Pick<History, "replaceState">;
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly tabs: Tabs;
}

export type SignIn =
  | { readonly kind: "signed-in"; readonly credentials: Credentials }
  /** No link was used, no session is kept, and no other tab has one. */
  | { readonly kind: "no-session" }
  /** The link was used before, has expired, or belongs to another start of Pilothouse. */
  | { readonly kind: "link-spent" }
  | { readonly kind: "core-unreachable" };

/** Token of a sign-in link or of its fragment; null when `text` holds none. */
export function findToken(text: string): string | null {
  const fragment = text.includes("#") ? text.slice(text.indexOf("#") + 1) : text;
  return new URLSearchParams(fragment).get(FRAGMENT_KEY) || null;
}

/** Reads the token and takes it out of the address at once, so that neither history nor a screenshot keeps it. */
export function takeToken({ location, history }: Pick<SessionDeps, "location" | "history">): string | null {
  const token = findToken(location.hash);
  if (token !== null) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

export async function exchangeToken(token: string, deps: SessionDeps): Promise<SignIn> {
  let response: Response;
  try {
    response = await deps.fetch("/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
      cache: "no-store",
    });
  } catch {
    // Nothing is lost: fetch rejects only when no answer came, and the link stays unused.
    return { kind: "core-unreachable" };
  }
  if (!response.ok) return { kind: "link-spent" };
  const credentials = readCredentials(await response.json());
  return credentials === null ? { kind: "link-spent" } : keep(credentials, deps);
}

/** A fresh link wins over the session kept from before, and that over the one of another tab. */
export async function signIn(deps: SessionDeps): Promise<SignIn> {
  const token = takeToken(deps);
  const fresh: SignIn = token === null ? { kind: "no-session" } : await exchangeToken(token, deps);
  if (fresh.kind === "signed-in") return fresh;
  const kept = findKept(deps.storage);
  if (kept !== null) return { kind: "signed-in", credentials: kept };
  const shared = await deps.tabs.ask();
  return shared === null ? fresh : keep(shared, deps);
}

function keep(credentials: Credentials, { storage }: Pick<SessionDeps, "storage">): SignIn {
  storage.setItem(STORAGE_KEY, JSON.stringify(credentials));
  return { kind: "signed-in", credentials };
}

function findKept(storage: SessionDeps["storage"]): Credentials | null {
  const text = storage.getItem(STORAGE_KEY);
  if (text === null) return null;
  try {
    return readCredentials(JSON.parse(text));
  } catch {
    // Not ours, or of an older version: as good as none.
    return null;
  }
}

export function forgetSession(storage: Pick<Storage, "removeItem">): void {
  storage.removeItem(STORAGE_KEY);
}
