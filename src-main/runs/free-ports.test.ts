import { createServer } from "node:net";
import { expect, test } from "vitest";
import { FreePorts } from "./free-ports.ts";

function asking(answers: readonly number[]) {
  const rest = [...answers];
  return async () => rest.shift() ?? 0;
}

test("a port is given once, until it is given back", async () => {
  const ports = new FreePorts(asking([7, 7, 8, 7]));

  const first = await ports.take();
  const second = await ports.take();
  ports.giveBack(first);
  const third = await ports.take();

  expect([first, second, third]).toEqual([7, 8, 7]);
});

test("the port of a run that was found again is not given to another", async () => {
  const ports = new FreePorts(asking([7, 8]));

  ports.keep(7);

  expect(await ports.take()).toBe(8);
});

test("a system that only offers taken ports is refused after a while", async () => {
  const ports = new FreePorts(async () => 7);
  ports.keep(7);

  await expect(ports.take()).rejects.toMatchObject({ code: "start.refused" });
});

test("a port from the system can be listened on", async () => {
  const port = await new FreePorts().take();
  const server = createServer();

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });

  expect(server.listening).toBe(true);
  await new Promise((resolve) => server.close(resolve));
});
