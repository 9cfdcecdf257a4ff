import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, request as httpRequest, type RequestListener } from "node:http";
import { createServer as createHttpsServer, request as httpsRequest } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { DEFAULT_NETWORK, type NetworkSettings } from "#contract/network.ts";
import { OutgoingNetwork } from "#main/network/index.ts";
import { openCore } from "#tests/helpers/core-harness.ts";
import { createProgram } from "#tests/helpers/program.ts";
import { createTestAuthority } from "#tests/helpers/test-authority.ts";

interface Place extends AsyncDisposable {
  readonly port: number;
}

async function listening(server: Server): Promise<Place> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      if ("closeAllConnections" in server) (server.closeAllConnections as () => void)();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const HELLO: RequestListener = (request, response) => response.end(`hello ${request.url}`);

/** A real proxy: it knows one name that nobody else knows, and leads it to `port`. */
async function startProxy(port: number, status = 200): Promise<Place & { readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createHttpServer((_request, response) => response.writeHead(405).end());
  server.on("connect", ({ url = "" }, client, head) => {
    asked.push(url);
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} Not Today\r\n\r\n`);
      return;
    }
    const upstream = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    // Whichever goes takes the other along.
    const end = () => [client, upstream].map((socket) => socket.destroy());
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
  });
  const place = await listening(server);
  return { ...place, asked, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

function networkWith(change: Partial<NetworkSettings>): OutgoingNetwork {
  return new OutgoingNetwork({ settings: () => ({ ...DEFAULT_NETWORK, ...change }) });
}

interface Asked {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

function ask(network: OutgoingNetwork, { host, isSecure, port }: Asked): Promise<string> {
  const options = { host, port, path: "/there", agent: network.agentFor(isSecure ? {} : null) };
  return new Promise((resolve, reject) => {
    const asking = (isSecure ? httpsRequest : httpRequest)(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    });
    asking.on("error", reject);
    asking.end();
  });
}

/** Settings as a person has left them. */
class Stored implements Disposable {
  readonly #database: Database.Database;

  constructor(file: string) {
    this.#database = new Database(file);
  }

  set(key: string, value: unknown): void {
    const insert = this.#database.prepare("INSERT INTO settings (key, value_json) VALUES (?, ?)");
    insert.run(key, JSON.stringify(value));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

async function authorityFile(text: string): Promise<{ readonly file: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-network-"));
  const file = join(folder, "own.pem");
  await writeFile(file, text);
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

describe("a server whose authority only a file of one's own knows", () => {
  const authority = createTestAuthority();
  const issued = authority.issue("127.0.0.1");
  const startServer = () =>
    listening(createHttpsServer({ cert: issued.certificate, key: issued.key }, HELLO));

  test("is refused without the file, and answers with it", async () => {
    await using server = await startServer();
    await using own = await authorityFile(`# ours\n${authority.certificate}`);
    const to = { host: "127.0.0.1", port: server.port, isSecure: true };

    await expect(ask(networkWith({}), to)).rejects.toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    expect(await ask(networkWith({ caFile: own.file }), to)).toBe("hello /there");
  });

  test("is refused when the file knows another authority only", async () => {
    await using server = await startServer();
    await using own = await authorityFile(createTestAuthority().certificate);

    const answer = ask(networkWith({ caFile: own.file }), {
      host: "127.0.0.1",
      port: server.port,
      isSecure: true,
    });

    await expect(answer).rejects.toThrow(/unable to verify|certificate/i);
  });

  test("is refused under a name that is not its own, the proxy notwithstanding", async () => {
    await using server = await startServer();
    await using proxy = await startProxy(server.port);
    await using own = await authorityFile(authority.certificate);
    const network = networkWith({ caFile: own.file, proxy: `http://127.0.0.1:${proxy.port}` });

    const answer = ask(network, { host: "build.example", port: 2376, isSecure: true });

    await expect(answer).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    expect(proxy.asked).toEqual(["build.example:2376"]);
  });

  test("is reached through the proxy by its own name, checked as without it", async () => {
    await using server = await startServer();
    await using proxy = await startProxy(server.port);
    const issuedElsewhere = authority.issue("192.0.2.7");
    await using elsewhere = await listening(
      createHttpsServer({ cert: issuedElsewhere.certificate, key: issuedElsewhere.key }, HELLO),
    );
    await using other = await startProxy(elsewhere.port);
    await using own = await authorityFile(authority.certificate);
    const to = { host: "192.0.2.7", port: 2376, isSecure: true };
    const through = (port: number) => networkWith({ caFile: own.file, proxy: `http://127.0.0.1:${port}` });

    expect(await ask(through(other.port), to)).toBe("hello /there");
    await expect(ask(through(proxy.port), to)).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });
});

describe("what is asked over HTTP", () => {
  const { signal } = new AbortController();

  test("is answered as by any fetch, but a redirect is an answer", async () => {
    const answers: RequestListener = (request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += String(chunk);
      });
      request.on("end", () => {
        const status = Number(request.url?.slice(1));
        response
          .writeHead(status, { Location: "/elsewhere", "X-Got": body })
          .end(status === 204 ? "" : "text");
      });
    };
    await using server = await listening(createHttpServer(answers));
    const { fetch } = networkWith({});
    const get = async (status: number) => {
      const asking = { method: "POST", body: `sent ${status}`, signal } as const;
      const response = await fetch(`http://127.0.0.1:${server.port}/${status}`, asking);
      return [response.status, response.ok, response.headers.get("x-got"), await response.text()];
    };

    expect(await Promise.all([get(200), get(204), get(302), get(500)])).toEqual([
      [200, true, "sent 200", "text"],
      [204, true, "sent 204", ""],
      [302, false, "sent 302", "text"],
      [500, false, "sent 500", "text"],
    ]);
  });

  test("goes through the proxy, checked by the authorities of one's own, and ends when it is taken back", async () => {
    const authority = createTestAuthority();
    const issued = authority.issue("192.0.2.7");
    const server = createHttpsServer({ cert: issued.certificate, key: issued.key }, (request, response) => {
      if (request.url === "/quick") response.end("quick");
    });
    await using elsewhere = await listening(server);
    await using proxy = await startProxy(elsewhere.port);
    await using own = await authorityFile(authority.certificate);
    const { fetch } = networkWith({ caFile: own.file, proxy: `http://127.0.0.1:${proxy.port}` });
    const end = new AbortController();

    const quick = await fetch("https://192.0.2.7/quick", { signal });
    const slow = fetch("https://192.0.2.7/slow", { signal: end.signal });
    end.abort();

    expect([await quick.text(), proxy.asked[0]]).toEqual(["quick", "192.0.2.7:443"]);
    await expect(slow).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a proxy", () => {
  test("carries plain connections to other computers, and none to this one", async () => {
    await using server = await listening(createHttpServer(HELLO));
    await using proxy = await startProxy(server.port);
    const network = networkWith({ proxy: `http://127.0.0.1:${proxy.port}` });

    const far = await ask(network, { host: "build.example", port: 2375, isSecure: false });
    const near = await ask(network, { host: "127.0.0.1", port: server.port, isSecure: false });

    expect([far, near]).toEqual(["hello /there", "hello /there"]);
    expect(proxy.asked).toEqual(["build.example:2375"]);
  });

  test("that refuses is said, and nobody goes around it", async () => {
    await using server = await listening(createHttpServer(HELLO));
    await using proxy = await startProxy(server.port, 403);
    const network = networkWith({ proxy: `http://127.0.0.1:${proxy.port}` });

    const answer = ask(network, { host: "192.0.2.7", port: 2375, isSecure: false });

    await expect(answer).rejects.toMatchObject({
      code: "network.proxy_refused",
      details: { address: "192.0.2.7:2375", problem: "403 Not Today" },
    });
  });

  test("that is not there is said", async () => {
    const gone = await startProxy(1);
    await gone[Symbol.asyncDispose]();

    const answer = ask(networkWith({ proxy: `http://127.0.0.1:${gone.port}` }), {
      host: "192.0.2.7",
      port: 2375,
      isSecure: false,
    });

    await expect(answer).rejects.toMatchObject({ code: "network.proxy_refused" });
  });
});

describe("the core", () => {
  test("takes no file without certificates, and says why", async () => {
    await using own = await authorityFile("nothing of the kind");
    await using broken = await authorityFile("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----");
    const problemOf = (caFile: string) => networkWith({}).check({ ...DEFAULT_NETWORK, caFile });

    await expect(problemOf(own.file)).rejects.toMatchObject({ details: { problem: "no certificate in it" } });
    await expect(problemOf(broken.file)).rejects.toMatchObject({ code: "network.authorities_unusable" });
    await expect(problemOf(`${own.file}.none`)).rejects.toMatchObject({
      code: "network.authorities_unusable",
    });
    await expect(problemOf(tmpdir())).rejects.toMatchObject({ code: "network.authorities_unusable" });
    if (process.platform !== "win32") {
      await expect(problemOf("/dev/zero")).rejects.toMatchObject({ details: { problem: "not a file" } });
    }
    await expect(problemOf("")).resolves.toBeUndefined();
  });

  test("writes down who changed what before it takes effect, and that a change was refused", async () => {
    await using own = await authorityFile(createTestAuthority().certificate);
    await using harness = await openCore();
    const { audit, system } = harness.core.faces;
    const first = { proxy: "http://proxy.example:3128", proxyExceptions: [".example", "near"], caFile: "" };

    await system.changeNetwork(first, "window");
    await system.changeNetwork({ ...first, caFile: own.file }, "window");
    const refused = system.changeNetwork({ ...first, caFile: `${own.file}.none` }, "cli");

    await expect(refused).rejects.toMatchObject({ code: "network.authorities_unusable" });
    expect(system.settings().network).toEqual({ ...first, caFile: own.file });
    const { entries } = audit.list({ limit: 10 });
    const who = userInfo().username;
    expect(entries.map((entry) => ({ ...entry }))).toMatchObject(
      [
        { who, door: "window", action: "network.change", subject: "network", outcome: "begun" },
        { door: "window", outcome: "done", begunSeq: 1 },
        { outcome: "begun", details: { caFile: own.file } },
        { outcome: "done", begunSeq: 3 },
        { door: "cli", outcome: "begun", details: { caFile: `${own.file}.none` } },
        { outcome: "refused", begunSeq: 5, details: { code: "network.authorities_unusable" } },
      ].toReversed(),
    );
    const { caFile: _none, ...changed } = { ...first, proxyExceptions: ".example near" };
    expect(entries.at(-1)?.details).toEqual(changed);
  });

  test("reaches an engine behind an address of the network through the proxy of the settings", async () => {
    await using engine = await listening(createHttpServer(HELLO));
    await using proxy = await startProxy(engine.port);
    await using program = await createProgram();
    await program.json(["runs"]);
    const settings = { ...DEFAULT_NETWORK, proxy: `http://127.0.0.1:${proxy.port}` };
    using database = new Stored(join(program.data, "pilothouse.db"));
    database.set("network", settings);

    program.start(["serve", "--no-open"], { env: { DOCKER_HOST: "tcp://engine.example:2375" } });

    await expect.poll(() => proxy.asked).toContain("engine.example:2375");
  });
});
