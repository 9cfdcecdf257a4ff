import { expect, test } from "vitest";
import { findToken, type SessionDeps, signIn } from "./session.ts";

interface Setup {
  readonly hash?: string;
  readonly kept?: string;
  readonly answer?: () => Promise<Response>;
  /** Session of another tab. */
  readonly shared?: string;
}

const credentials = (session: string) => ({ session, key: `key of ${session}` });

function setup({ hash = "", kept, answer, shared }: Setup) {
  const addresses: string[] = [];
  const posted: string[] = [];
  const stored = new Map(
    kept === undefined ? [] : [["pilothouse.session", JSON.stringify(credentials(kept))]],
  );
  const deps: SessionDeps = {
    location: { hash, pathname: "/runs", search: "?state=failed" },
    history: { replaceState: (_data, _unused, url) => addresses.push(String(url)) },
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => stored.set(key, value),
      removeItem: (key) => stored.delete(key),
    },
    fetch: (path, init) => {
      posted.push(`${path} ${addresses.length} ${String(init.body)}`);
      return answer?.() ?? Promise.resolve(Response.json(credentials("s1")));
    },
    tabs: {
      ask: async () => (shared === undefined ? null : credentials(shared)),
      answer: () => () => undefined,
    },
  };
  return { deps, addresses, posted, stored };
}

test("the token is out of the address before anything is sent, and the session is kept", async () => {
  const { deps, addresses, posted, stored } = setup({ hash: "#signin=abc" });

  const result = await signIn(deps);

  expect(result).toEqual({ kind: "signed-in", credentials: credentials("s1") });
  expect(addresses).toEqual(["/runs?state=failed"]);
  expect(posted).toEqual(['/session 1 {"token":"abc"}']);
  expect(JSON.parse(stored.get("pilothouse.session") ?? "")).toEqual(credentials("s1"));
});

test("a page that is loaded again goes on with its session and asks nothing", async () => {
  const { deps, posted } = setup({ kept: "s0" });

  expect(await signIn(deps)).toEqual({ kind: "signed-in", credentials: credentials("s0") });
  expect(posted).toEqual([]);
});

test("a spent link does not throw out a page that is signed in", async () => {
  const refuse = () => Promise.resolve(new Response("{}", { status: 403 }));

  expect(await signIn(setup({ hash: "#signin=old", answer: refuse }).deps)).toEqual({ kind: "link-spent" });
  expect(await signIn(setup({ hash: "#signin=old", kept: "s0", answer: refuse }).deps)).toEqual({
    kind: "signed-in",
    credentials: credentials("s0"),
  });
});

test("a page without a session or with a spent link takes the session of another tab, and keeps it", async () => {
  const refuse = () => Promise.resolve(new Response("{}", { status: 403 }));
  const { deps, stored } = setup({ shared: "s2" });

  expect(await signIn(deps)).toEqual({ kind: "signed-in", credentials: credentials("s2") });
  expect(JSON.parse(stored.get("pilothouse.session") ?? "")).toEqual(credentials("s2"));
  expect(await signIn(setup({ hash: "#signin=old", answer: refuse, shared: "s2" }).deps)).toEqual({
    kind: "signed-in",
    credentials: credentials("s2"),
  });
});

test("what an older version kept is as good as nothing", async () => {
  const { deps, stored } = setup({});
  for (const text of ["a bare token", "null", '{"session":"s0"}', '{"session":1,"key":2}']) {
    stored.set("pilothouse.session", text);
    expect(await signIn(deps)).toEqual({ kind: "no-session" });
  }
});

test("a core that does not answer is told from a link that does not work", async () => {
  const answer = () => Promise.reject(new TypeError("Failed to fetch"));

  expect(await signIn(setup({ hash: "#signin=abc", answer }).deps)).toEqual({ kind: "core-unreachable" });
  expect(await signIn(setup({}).deps)).toEqual({ kind: "no-session" });
});

test("a pasted link gives its token, other text none", () => {
  const tokens = ["http://127.0.0.1:4711/#signin=abc", "signin=abc", "http://127.0.0.1:4711/", "abc"].map(
    findToken,
  );

  expect(tokens).toEqual(["abc", "abc", null, null]);
});
