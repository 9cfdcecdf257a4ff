import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { createHealthProbes } from "./health-probes.ts";

const probes = createHealthProbes({ folder: tmpdir(), environment: { GREETING: "hello" } });
const never = new AbortController().signal;

async function serve(status: number) {
  const server = createServer((_request, response) => {
    response.writeHead(status, status === 302 ? { location: "http://127.0.0.1:1/" } : {});
    response.end("x".repeat(100_000));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.each([
  [200, null],
  [302, null],
  [404, "answered with status 404"],
  [503, "answered with status 503"],
])("an answer with status %d means %j", async (status, problem) => {
  await using server = await serve(status);

  expect(await probes.http(server.url, never)).toBe(problem);
});

test("nobody who listens is a problem with a name", async () => {
  const server = await serve(200);
  await server[Symbol.asyncDispose]();

  expect(await probes.http(server.url, never)).toContain("ECONNREFUSED");
});

test.each([
  ["process.exit(0)", null],
  ["console.error('not yet'); process.exit(3)", "exit code 3 not yet"],
  ["process.exit(process.env.GREETING === 'hello' && !process.env.PATH ? 0 : 1)", null],
])("the command %j means %j", async (script, problem) => {
  expect(await probes.command([process.execPath, "-e", script], never)).toBe(problem);
});

test("a command that does not exist is a problem", async () => {
  expect(await probes.command(["/no/such/program"], never)).toContain("ENOENT");
});

test("a command that does not end is ended when the time is over", async () => {
  const signal = AbortSignal.timeout(100);

  const problem = await probes.command([process.execPath, "-e", "setInterval(() => {}, 1000)"], signal);

  expect(problem).not.toBeNull();
});
