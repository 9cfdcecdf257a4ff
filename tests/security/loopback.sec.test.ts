import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  type Credentials,
  LINK_LIFE_MS,
  SESSION_IDLE_MS,
  type WebControls,
} from "#main/entries/web/index.ts";
import { proofOf } from "#tests/helpers/page-session.ts";
import { FRIENDLY_REQUESTS, HOSTILE_REQUESTS, type HostileRequest } from "./hostile-requests.ts";
import {
  callOverSocket,
  paramsMessage,
  QUERY_MESSAGE,
  type SocketAttempt,
  sendRaw,
  startTarget,
  type Target,
} from "./loopback-target.ts";

async function served(target: Target, requests: readonly HostileRequest[]): Promise<string[]> {
  const titles: string[] = [];
  for (const request of requests) {
    const answer = await sendRaw(target.port, request.bytes(target));
    if (request.isServed(answer)) titles.push(request.title);
  }
  return titles;
}

describe("requests", () => {
  test("not one of hundreds of hostile requests is served", async () => {
    await using target = await startTarget();

    const accepted = await served(target, HOSTILE_REQUESTS);

    expect(accepted).toEqual([]);
    expect(HOSTILE_REQUESTS.length).toBeGreaterThan(350);
  });

  test("requests of our own pages are served under every name of this computer and any port", async () => {
    await using target = await startTarget();

    const accepted = await served(target, FRIENDLY_REQUESTS);

    expect(accepted).toEqual(FRIENDLY_REQUESTS.map(({ title }) => title));
  });

  const switchable = ["checksHost", "checksOrigin", "servesListedFilesOnly", "limitsSize"] as const;
  test.each(switchable)("without %s its hostile requests get through", async (control) => {
    await using target = await startTarget({ controls: { [control]: false } });
    const requests = HOSTILE_REQUESTS.filter((request) => request.control === control);

    const accepted = await served(target, requests);

    expect(requests.length).toBeGreaterThan(0);
    expect(accepted).toEqual(requests.map(({ title }) => title));
  });

  test("every answer carries the security headers, whatever its status", async () => {
    await using target = await startTarget();
    const own = `Host: ${target.host}\r\nConnection: close`;

    const answers = await Promise.all([
      sendRaw(target.port, `GET / HTTP/1.1\r\n${own}\r\n\r\n`),
      sendRaw(target.port, `GET /assets/app-0a1b2c3d.js HTTP/1.1\r\n${own}\r\n\r\n`),
      sendRaw(target.port, `GET /none.js HTTP/1.1\r\n${own}\r\n\r\n`),
      sendRaw(target.port, `GET /session HTTP/1.1\r\n${own}\r\n\r\n`),
      sendRaw(target.port, `POST /session HTTP/1.1\r\n${own}\r\n\r\n`),
      sendRaw(target.port, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 405, 403, 421]);
    for (const { text } of answers) {
      expect(text).toContain("Content-Security-Policy: default-src 'none'; script-src 'self';");
      expect(text).toContain("require-trusted-types-for 'script'");
      expect(text).toContain("X-Content-Type-Options: nosniff");
      expect(text).toContain("Referrer-Policy: no-referrer");
      expect(text).toContain("Cross-Origin-Opener-Policy: same-origin");
      expect(text).toContain("Cross-Origin-Resource-Policy: same-origin");
      expect(text).not.toMatch(/set-cookie|access-control-allow/i);
    }
  });
});

describe("sign-in links", () => {
  test("a link signs in once", async () => {
    await using target = await startTarget();
    const token = target.createToken();

    const statuses = [await signInStatus(target, token), await signInStatus(target, token)];

    expect(statuses).toEqual([200, 403]);
  });

  test("a link expires", async () => {
    await using target = await startTarget();
    const token = target.createToken();

    target.passTime(LINK_LIFE_MS + 1);

    expect(await signInStatus(target, token)).toBe(403);
  });

  test("without spendsLinks a used and an expired link get through", async () => {
    await using target = await startTarget({ controls: { spendsLinks: false } });
    const token = target.createToken();
    await signInStatus(target, token);

    target.passTime(LINK_LIFE_MS + 1);

    expect(await signInStatus(target, token)).toBe(200);
  });

  test("guesses are slowed and bounded, and never keep a right token out", async () => {
    await using target = await startTarget();
    const token = target.createToken();

    const guesses = Array.from({ length: 30 }, (_, index) => signInStatus(target, `guess-${index}`));
    const right = await signInStatus(target, token);
    const statuses = await Promise.all(guesses);

    expect(right).toBe(200);
    expect(statuses.filter((status) => status === 403)).toHaveLength(8);
    expect(statuses.filter((status) => status === 429)).toHaveLength(22);
  });
});

describe("sessions", () => {
  type Make = (target: Target, own: Credentials) => Promise<SocketAttempt> | SocketAttempt;
  const withParams = (data: unknown): SocketAttempt => ({ messages: [paramsMessage(data), QUERY_MESSAGE] });
  const changed = async (target: Target, own: Credentials, change: object) =>
    withParams({ ...(await proofOf(own, target.origin)), ...change });
  const attempts: readonly [string, Make][] = [
    ["no parameters", () => withParams(null)],
    ["empty parameters", () => withParams({})],
    ["a session and no proof", (_target, { session }) => withParams({ session })],
    ["its key sent in the clear", (_target, { session, key }) => withParams({ session, key })],
    ["its key in place of the proof", (target, own) => changed(target, own, { proof: own.key })],
    ["an empty session", (target, own) => changed(target, own, { session: "" })],
    ["a guessed session", (target, own) => changed(target, own, { session: "guess" })],
    ["half a session", (target, own) => changed(target, own, { session: own.session.slice(0, 20) })],
    ["a link's token as session", (target, own) => changed(target, own, { session: target.createToken() })],
    ["an empty proof", (target, own) => changed(target, own, { proof: "" })],
    ["a proof of zeros", (target, own) => changed(target, own, { proof: "0".repeat(64) })],
    ["an empty nonce", (target, own) => changed(target, own, { nonce: "" })],
    [
      "a proof made with another key",
      async (target, { session }) =>
        withParams(await proofOf({ session, key: (await target.signIn()).key }, target.origin)),
    ],
    [
      "a proof stolen for another session",
      async (target, own) => changed(target, await target.signIn(), { session: own.session }),
    ],
    [
      "a proof stolen for another nonce",
      async (target, own) => {
        const { nonce } = await proofOf(own, target.origin);
        return changed(target, own, { nonce });
      },
    ],
    [
      "the session under another name",
      async (target, own) => {
        const { session, ...rest } = await proofOf(own, target.origin);
        return withParams({ ...rest, token: session });
      },
    ],
    [
      "the session in a header",
      (_target, { key, session }) => ({
        ...withParams({}),
        headers: { Authorization: `Bearer ${key}`, Cookie: `session=${session}; key=${key}` },
      }),
    ],
  ];

  test.each(attempts)("a socket with %s is not answered", async (_title, make) => {
    await using target = await startTarget();

    const isAnswered = await callOverSocket(target, await make(target, await target.signIn()));

    expect(isAnswered).toBe(false);
  });

  test.each(attempts)("without checksSession a socket with %s is answered", async (_title, make) => {
    await using target = await startTarget({ controls: { checksSession: false } });

    const isAnswered = await callOverSocket(target, await make(target, await target.signIn()));

    expect(isAnswered).toBe(true);
  });

  test("a socket that calls without signing in is not answered", async () => {
    await using target = await startTarget();

    expect(await callOverSocket(target, { messages: [QUERY_MESSAGE, QUERY_MESSAGE] })).toBe(false);
  });

  test("a signed-in socket is answered", async () => {
    await using target = await startTarget();

    expect(await callOverSocket(target, await signedIn(target, await target.signIn()))).toBe(true);
  });

  test("a proof in the address is not even looked at", async () => {
    await using target = await startTarget();
    const proof = await proofOf(await target.signIn(), target.origin);

    const isAnswered = await callOverSocket(target, {
      ...withParams({}),
      path: `/trpc?connectionParams=1&${new URLSearchParams({ ...proof })}`,
    });

    expect(isAnswered).toBe(false);
  });

  test("a session of another core is not known", async () => {
    await using other = await startTarget();
    await using target = await startTarget();

    expect(await callOverSocket(target, await signedIn(target, await other.signIn()))).toBe(false);
  });

  test("a session that no page uses is forgotten", async () => {
    await using target = await startTarget();
    const own = await target.signIn();

    target.passTime(SESSION_IDLE_MS + 1);

    expect(await callOverSocket(target, await signedIn(target, own))).toBe(false);
  });
});

describe("floods and slow peers", () => {
  const bigCall = async (target: Target): Promise<SocketAttempt> => {
    const proof = await proofOf(await target.signIn(), target.origin);
    return { messages: [paramsMessage(proof), QUERY_MESSAGE.replace("}", `${" ".repeat(5_000_000)}}`)] };
  };

  test("a message above the limit closes its socket", async () => {
    await using target = await startTarget();

    expect(await callOverSocket(target, await bigCall(target))).toBe(false);
  });

  test("without limitsSize a message above the limit is answered", async () => {
    await using target = await startTarget({ controls: { limitsSize: false } });

    expect(await callOverSocket(target, await bigCall(target))).toBe(true);
  });

  test("a socket that does not sign in is closed; without closesUnsigned it stays", async () => {
    const limits = { signInMs: 50 };
    await using target = await startTarget({ limits });
    await using open = await startTarget({
      limits,
      controls: { closesUnsigned: false } satisfies Partial<WebControls>,
    });
    const staying = await openSocket(open);

    const closing = await openSocket(target);
    await new Promise((resolve) => closing.once("close", resolve));

    expect(staying.readyState).toBe(WebSocket.OPEN);
    staying.terminate();
  });

  test("one socket more than allowed is turned away", async () => {
    await using target = await startTarget({ limits: { maxConnections: 3 } });
    const sockets = [await openSocket(target), await openSocket(target), await openSocket(target)];

    const code = await openSocket(target).then(
      (socket) => new Promise<number>((resolve) => socket.once("close", resolve)),
    );

    expect(code).toBe(1013);
    for (const socket of sockets) socket.terminate();
  });

  test("half a request is not waited for", async () => {
    await using target = await startTarget();

    const closed = await new Promise<boolean>((resolve) => {
      const socket = connect(target.port, "127.0.0.1", () =>
        socket.write(`GET / HTTP/1.1\r\nHost: ${target.host}\r\n`),
      );
      socket.on("close", () => resolve(true));
      socket.resume();
    });

    expect(closed).toBe(true);
  });
});

async function signedIn(target: Target, own: Credentials): Promise<SocketAttempt> {
  return { messages: [paramsMessage(await proofOf(own, target.origin)), QUERY_MESSAGE] };
}

async function signInStatus(target: Target, token: string): Promise<number> {
  const body = JSON.stringify({ token });
  const head = [
    "POST /session HTTP/1.1",
    `Host: ${target.host}`,
    `Origin: ${target.origin}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    "Connection: close",
  ];
  return (await sendRaw(target.port, `${head.join("\r\n")}\r\n\r\n${body}`)).status;
}

function openSocket(target: Target): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${target.port}/trpc?connectionParams=1`, {
      origin: target.origin,
    });
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}
