import { type Credentials, readCredentials } from "./prove.ts";

/** How long a page waits for another tab before it shows the sign-in page. */
export const ANSWER_MS = 300;

/** Other tabs of the same origin, as the sign-in sees them. */
export interface Tabs {
  /** The session of a tab that is signed in; null when none answers within `ANSWER_MS`. */
  ask(): Promise<Credentials | null>;
  /** From now on gives the session to tabs that ask while `isLive()`; the returned function ends that. */
  answer(credentials: Credentials, isLive: () => boolean): () => void;
}

export interface TabsDeps {
  /** A channel that only pages of this origin share. */
  readonly channel: Pick<BroadcastChannel, "postMessage" | "addEventListener" | "removeEventListener">;
  readonly newId: () => string;
  /** Calls `action` once after `delayMs`. */
  readonly after: (delayMs: number, action: () => void) => void;
}

/**
 * A tab that a person opened from another one, or by the copied address, goes on with that one's session.
 *
 * A session is only given away while its own connection is live: then the core holds the port, and a page that
 * asks was served by it.
 */
export function createTabs({ channel, newId, after }: TabsDeps): Tabs {
  const listen = (listener: (data: unknown) => void) => {
    const onMessage = ({ data }: MessageEvent<unknown>) => listener(data);
    channel.addEventListener("message", onMessage);
    return () => channel.removeEventListener("message", onMessage);
  };
  return {
    ask: () =>
      new Promise((resolve) => {
        const id = newId();
        const finish = (credentials: Credentials | null) => {
          stop();
          resolve(credentials);
        };
        const stop = listen((data) => {
          const credentials = isMessage(data, "give") && data.id === id ? readCredentials(data) : null;
          if (credentials !== null) finish(credentials);
        });
        after(ANSWER_MS, () => finish(null));
        channel.postMessage({ kind: "ask", id });
      }),
    answer: (credentials, isLive) =>
      listen((data) => {
        if (!isMessage(data, "ask") || !isLive()) return;
        channel.postMessage({ kind: "give", id: data.id, ...credentials });
      }),
  };
}

function isMessage(data: unknown, kind: "ask" | "give"): data is { readonly id: string } {
  return (
    data !== null &&
    typeof data === "object" &&
    "kind" in data &&
    data.kind === kind &&
    "id" in data &&
    typeof data.id === "string"
  );
}
