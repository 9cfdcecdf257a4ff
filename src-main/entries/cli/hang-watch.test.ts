import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { FakeClock } from "#tests/helpers/fake-clock.ts";
import { ASK_MS, HangWatch, UNANSWERED } from "./hang-watch.ts";

class FakeSocket extends EventEmitter {
  readyState = 1;
  pings = 0;
  isAnswering = true;

  ping(): void {
    this.pings += 1;
    if (this.isAnswering) this.emit("pong");
  }
}

function setup() {
  const clock = new FakeClock();
  const socket = new FakeSocket();
  let hangs = 0;
  const watch = new HangWatch({
    clock,
    socket: () => socket,
    onHang: () => {
      hangs += 1;
    },
  });
  const pass = async (ticks: number) => {
    for (let tick = 0; tick < ticks; tick += 1) await clock.pass(ASK_MS);
  };
  return { socket, watch, pass, hangs: () => hangs };
}

test("a call may take as long as it needs while the core answers", async () => {
  const { socket, watch, pass, hangs } = setup();

  using _call = watch.beginCall();
  await pass(100);

  expect([hangs(), socket.pings]).toEqual([0, 100]);
});

test("a core that goes silent in a call is called hanging once, after half a minute", async () => {
  const { socket, watch, pass, hangs } = setup();
  using _call = watch.beginCall();
  await pass(2);

  socket.isAnswering = false;
  await pass(UNANSWERED);
  const before = hangs();
  await pass(5);

  expect([before, hangs(), UNANSWERED * ASK_MS]).toEqual([0, 1, 30_000]);
});

test("one answer is enough to wait on", async () => {
  const { socket, watch, pass, hangs } = setup();
  using _call = watch.beginCall();

  for (let round = 0; round < 5; round += 1) {
    socket.isAnswering = false;
    await pass(UNANSWERED - 1);
    socket.isAnswering = true;
    await pass(1);
  }

  expect(hangs()).toBe(0);
});

test("without a call nobody is asked, and a connection that is being made is not blamed", async () => {
  const { socket, watch, pass, hangs } = setup();
  watch.beginCall()[Symbol.dispose]();
  await pass(10);
  const idle = socket.pings;

  socket.readyState = 0;
  using _call = watch.beginCall();
  await pass(20);

  expect([idle, socket.pings, hangs()]).toEqual([0, 0, 0]);
});
