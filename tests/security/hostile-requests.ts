import type { WebControls } from "#main/entries/web/index.ts";
import { type Answer, CANARY, type Target } from "./loopback-target.ts";

/** One request that must never be served. */
export interface HostileRequest {
  readonly title: string;
  /** What refuses it; null when it is refused by more than one thing, so that no single one can be taken away. */
  readonly control: keyof WebControls | null;
  bytes(target: Target): string;
  isServed(answer: Answer): boolean;
}

type Door = (target: Target, headers: readonly string[], requestTarget?: string) => string;

const isServedPage = ({ status }: Answer) => status === 200 || status === 101;
const showsCanary = ({ text }: Answer) => text.includes(CANARY) || text.includes("root:x:0:0");

const page: Door = (_target, headers, path = "/") =>
  lines([`GET ${path} HTTP/1.1`, ...headers, "Connection: close"]);

const file: Door = (target, headers) => page(target, headers, "/assets/app-0a1b2c3d.js");

const session: Door = (target, headers, path = "/session") => {
  const body = JSON.stringify({ token: target.createToken() });
  const own = ["Content-Type: application/json", `Content-Length: ${body.length}`, "Connection: close"];
  return lines([`POST ${path} HTTP/1.1`, ...headers, ...own]) + body;
};

const challenge: Door = (_target, headers, path = "/challenge") =>
  lines([`POST ${path} HTTP/1.1`, ...headers, "Content-Length: 0", "Connection: close"]);

const upgrade: Door = (_target, headers, path = "/trpc?connectionParams=1") =>
  lines([
    `GET ${path} HTTP/1.1`,
    ...headers,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ]);

function lines(all: readonly string[]): string {
  return `${all.join("\r\n")}\r\n\r\n`;
}

const DOORS: Readonly<Record<string, Door>> = { page, session, challenge, upgrade };

/** Spellings of Host that are not this computer in its plain form. `PORT` is the server's own. */
const FOREIGN_HOSTS = [
  "evil.example",
  "evil.example:PORT",
  "127.0.0.1.evil.example",
  "127.0.0.1.evil.example:PORT",
  "localhost.evil.example:PORT",
  "evil-localhost",
  "evil.localhost:PORT",
  "127.0.0.1:PORT.evil.example",
  "127.0.0.1@evil.example",
  "user@127.0.0.1:PORT",
  "127.0.0.1, evil.example",
  "127.0.0.2:PORT",
  "127.1:PORT",
  "0.0.0.0:PORT",
  "0:PORT",
  "2130706433",
  "0x7f000001",
  "0177.0.0.1",
  "[::]:PORT",
  "[::ffff:127.0.0.1]:PORT",
  "[::1%25lo]:PORT",
  "::1",
  "localhost.:PORT",
  "127.0.0.1:",
  "127.0.0.1:0",
  "127.0.0.1:99999",
  "127.0.0.1:999999",
  "127.0.0.1:PORTx",
  "169.254.169.254",
  "192.168.1.1:PORT",
  "http://127.0.0.1:PORT",
];

/** Every name of ours, dressed up in the ways that have fooled comparisons by prefix, suffix or parser. */
const DRESSED_HOSTS = ["127.0.0.1", "localhost", "[::1]"].flatMap((name) => [
  `${name}.evil.example:PORT`,
  `${name}.nip.example`,
  `evil.example.${name}`,
  `x${name}:PORT`,
  `${name}x:PORT`,
  `${name}.:PORT`,
  `.${name}:PORT`,
  `${name}:PORT:80`,
  `${name}:PORT/`,
  `${name}:PORT?`,
  `${name}:PORT#`,
  `${name}:+1`,
  `${name}:-1`,
  `${name}:1e3`,
  `${name}:0080`,
  `${name}::PORT`,
  `@${name}:PORT`,
  `${name}:PORT@evil.example`,
  `${name}%00.evil.example`,
  `${name}%2eevil.example`,
  `${name}, ${name}`,
  `${name} evil.example`,
  `${name}\\evil.example`,
  `"${name}"`,
]);

const hostRequests: HostileRequest[] = [...FOREIGN_HOSTS, ...DRESSED_HOSTS].flatMap((spelling) =>
  Object.entries(DOORS).map(([door, make]) => ({
    title: `Host ${spelling} at the door ${door}`,
    control: "checksHost" as const,
    bytes: (target: Target) => {
      const host = spelling.replace("PORT", String(target.port));
      return make(target, [`Host: ${host}`, `Origin: http://${host}`]);
    },
    isServed: isServedPage,
  })),
);

const oddHosts: HostileRequest[] = [
  one("no Host", "checksHost", (target) => page(target, [])),
  one("an empty Host", "checksHost", (target) => page(target, ["Host:"])),
  one("HTTP/1.0 without Host", "checksHost", () => "GET / HTTP/1.0\r\n\r\n"),
  one("HTTP/1.0 with a foreign Host", "checksHost", () => "GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n"),
  one("two Hosts, ours first", "checksHost", (target) =>
    page(target, [`Host: ${target.host}`, "Host: evil.example"]),
  ),
  one("two Hosts, ours last", "checksHost", (target) =>
    page(target, ["Host: evil.example", `Host: ${target.host}`]),
  ),
  one("our Host twice", "checksHost", (target) =>
    page(target, [`Host: ${target.host}`, `host: ${target.host}`]),
  ),
  one("the absolute form with a foreign name", null, (target) =>
    page(target, [`Host: ${target.host}`], "http://evil.example/"),
  ),
  one("the absolute form with our own name", null, (target) =>
    page(target, [`Host: ${target.host}`], `${target.origin}/`),
  ),
  one("an upgrade in the absolute form", null, (target) =>
    upgrade(target, ours(target), `${target.origin}/trpc?connectionParams=1`),
  ),
  one("a path that begins with two slashes", null, (target) =>
    page(target, [`Host: ${target.host}`], "//evil.example/"),
  ),
  one("a path that begins with a slash and a backslash", null, (target) =>
    page(target, [`Host: ${target.host}`], "/\\evil.example/"),
  ),
  one("X-Forwarded-Host beside a foreign Host", "checksHost", (target) =>
    page(target, ["Host: evil.example", `X-Forwarded-Host: ${target.host}`]),
  ),
];

const FOREIGN_ORIGINS = [
  null,
  "",
  "null",
  "http://evil.example",
  "https://127.0.0.1:PORT",
  "HTTP://127.0.0.1:PORT",
  "ws://127.0.0.1:PORT",
  "file://",
  "chrome-extension://abcdefghijklmnop",
  "http://127.0.0.1",
  "http://127.0.0.1:1",
  "http://127.0.0.1:PORT/",
  "http://127.0.0.1:PORT.evil.example",
  "http://127.0.0.1.evil.example:PORT",
  "http://localhost:PORT",
  "http://[::1]:PORT",
  "http://user@127.0.0.1:PORT",
  "http://evil.example http://127.0.0.1:PORT",
  "http://127.0.0.1:PORT\r\nOrigin: http://evil.example",
] as const;

const originRequests: HostileRequest[] = FOREIGN_ORIGINS.flatMap((spelling) =>
  // Whoever types the address of the page sends no Origin at all.
  Object.entries({ session, challenge, upgrade, ...(spelling === null ? {} : { page, file }) }).map(
    ([door, make]) => ({
      title: `${spelling === null ? "no Origin" : `Origin ${JSON.stringify(spelling)}`} at the door ${door}`,
      control: "checksOrigin" as const,
      bytes: (target: Target) => {
        const origin = spelling?.replace("PORT", String(target.port));
        return make(target, [`Host: ${target.host}`, ...(origin === undefined ? [] : [`Origin: ${origin}`])]);
      },
      isServed: isServedPage,
    }),
  ),
);

/** Paths that lead out of the served folder for a server that follows them; the others are mere attempts. */
const LEADING_OUT = [
  "/../canary.txt",
  "/%2e%2e/canary.txt",
  "/..%2fcanary.txt",
  "/%2e%2e%2fcanary.txt",
  "/.%2e/canary.txt",
  "/assets/../../canary.txt",
  "/assets/..%2f..%2fcanary.txt",
  "/assets/%2e%2e/%2e%2e/canary.txt",
  "/./../canary.txt",
  "/../../../../../../../../etc/passwd",
  "/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
  "/late.txt",
];
const ATTEMPTS_OUT = [
  "/%252e%252e/canary.txt",
  "/....//canary.txt",
  "/..\\canary.txt",
  "/..%5ccanary.txt",
  "/..%c0%afcanary.txt",
  "/canary.txt%00.html",
  "/..;/canary.txt",
  "/file:///etc/passwd",
  "/%00",
  "/%",
];

const pathRequests: HostileRequest[] = [
  ...LEADING_OUT.map((path) => ({ path, control: "servesListedFilesOnly" as const })),
  ...ATTEMPTS_OUT.map((path) => ({ path, control: null })),
].map(({ path, control }) => ({
  title: `the path ${path}`,
  control,
  bytes: (target: Target) => page(target, [`Host: ${target.host}`], path),
  isServed: showsCanary,
}));

const METHODS = ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "POST"];
const methodRequests: HostileRequest[] = METHODS.map((method) =>
  one(`${method} on the page`, null, (target) =>
    lines([`${method} / HTTP/1.1`, ...ours(target), "Content-Length: 0", "Connection: close"]),
  ),
);

const WRONG_SOCKET_PATHS = [
  "/",
  "/trpc",
  "/trpc?connectionParams=0",
  "/trpc?connectionParams=1&x=1",
  "/trpc?x=1&connectionParams=1",
  "/trpc/?connectionParams=1",
  "/trpcx?connectionParams=1",
  "/x/../trpc?connectionParams=1",
  "/%74rpc?connectionParams=1",
  "/session",
];
const socketPathRequests: HostileRequest[] = WRONG_SOCKET_PATHS.map((path) =>
  one(`an upgrade at ${path}`, null, (target) => upgrade(target, ours(target), path)),
);

const wrongSignIns: HostileRequest[] = [
  one("GET /challenge", null, (target) => page(target, ours(target), "/challenge")),
  one("a challenge with a query", null, (target) => challenge(target, ours(target), "/challenge?x=1")),
  one("GET /session", null, (target) => page(target, ours(target), "/session")),
  one("a sign-in with the token in the query", null, (target) =>
    session(target, ours(target), `/session?token=${target.createToken()}`),
  ),
  one("a sign-in as a simple form", null, (target) => {
    const body = `{"token":"${target.createToken()}"}`;
    const own = ["Content-Type: text/plain", `Content-Length: ${body.length}`, "Connection: close"];
    return lines(["POST /session HTTP/1.1", ...ours(target), ...own]) + body;
  }),
  ...[
    "{}",
    "null",
    "[]",
    "not json",
    `{"token":1}`,
    `{"token":""}`,
    `{"token":"x","more":1}`,
    `{"token":"guess"}`,
  ].map((body) =>
    one(`a sign-in with the body ${body}`, null, (target: Target) => {
      const own = ["Content-Type: application/json", `Content-Length: ${body.length}`, "Connection: close"];
      return lines(["POST /session HTTP/1.1", ...ours(target), ...own]) + body;
    }),
  ),
  one("headers of 64 KiB", null, (target) => page(target, [...ours(target), `X-Big: ${"x".repeat(65_536)}`])),
  one("a sign-in of 200 KB", "limitsSize", (target) => {
    const body = `{"token":"${target.createToken()}"${" ".repeat(200_000)}}`;
    const own = ["Content-Type: application/json", `Content-Length: ${body.length}`, "Connection: close"];
    return lines(["POST /session HTTP/1.1", ...ours(target), ...own]) + body;
  }),
];

function ours(target: Target): string[] {
  return [`Host: ${target.host}`, `Origin: ${target.origin}`];
}

function one(
  title: string,
  control: HostileRequest["control"],
  bytes: HostileRequest["bytes"],
): HostileRequest {
  return { title, control, bytes, isServed: isServedPage };
}

export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  ...hostRequests,
  ...oddHosts,
  ...originRequests,
  ...pathRequests,
  ...methodRequests,
  ...socketPathRequests,
  ...wrongSignIns,
];

/** What our own pages send; refusing it would be as wrong. */
export const FRIENDLY_REQUESTS: readonly HostileRequest[] = [
  one("the page by its address", null, (target) => page(target, [`Host: ${target.host}`])),
  one("a file without an Origin", null, (target) => file(target, [`Host: ${target.host}`])),
  ...["127.0.0.1", "localhost", "[::1]"].flatMap((name) =>
    ["", ":PORT", ":1234"].flatMap((port) =>
      Object.entries(DOORS).map(([door, make]) => ({
        title: `Host ${name}${port} at the door ${door}`,
        control: null,
        bytes: (target: Target) => {
          const host = `${name}${port.replace("PORT", String(target.port))}`;
          return make(target, [`Host: ${host}`, `Origin: http://${host}`]);
        },
        isServed: isServedPage,
      })),
    ),
  ),
];
