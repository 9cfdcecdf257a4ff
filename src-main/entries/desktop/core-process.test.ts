import type { MessagePortMain } from "electron";
import { describe, expect, test } from "vitest";
import { type CoreChild, CoreProcess } from "./core-process.ts";
import type { FromCore, ToCore } from "./host-messages.ts";

/** A process that is told what to do, and writes down what it was sent. */
class FakeChild implements CoreChild {
  readonly sent: (ToCore["type"] | string)[] = [];
  isKilled = false;
  hear: (message: unknown) => void = () => undefined;
  exit: (code: number) => void = () => undefined;

  postMessage(message: ToCore, ports: MessagePortMain[] = []): void {
    this.sent.push(ports.length === 0 ? message.type : `${message.type} with ${ports.length}`);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.hear = listener;
  }

  onExit(listener: (code: number) => void): void {
    this.exit = listener;
  }

  kill(): void {
    this.isKilled = true;
    this.exit(0);
  }
}

function setup() {
  const children: FakeChild[] = [];
  const heard: FromCore["type"][] = [];
  const pauses: number[] = [];
  const timers = new Map<number, () => void>();
  let nowMs = 0;
  const core = new CoreProcess({
    fork() {
      const child = new FakeChild();
      children.push(child);
      return child;
    },
    onMessage: ({ type }) => heard.push(type),
    onCrash: (_code, restartInMs) => pauses.push(restartInMs),
    after(delayMs, action) {
      timers.set(delayMs, action);
      return () => timers.delete(delayMs);
    },
    nowMs: () => nowMs,
  });
  const last = () => {
    const child = children.at(-1);
    if (child === undefined) throw new Error("nothing was started");
    return child;
  };
  const passPause = () => {
    const [[delayMs, action] = []] = timers;
    timers.delete(delayMs ?? 0);
    action?.();
  };
  return {
    core,
    children,
    heard,
    pauses,
    last,
    passPause,
    passTime: (byMs: number) => {
      nowMs += byMs;
    },
  };
}

function port(closed: string[] = []): MessagePortMain {
  return { close: () => closed.push("closed") } as Partial<MessagePortMain> as MessagePortMain;
}

describe("the core's process", () => {
  test("is started again after a crash, later each time, and at once again after a long life", () => {
    const { children, core, last, passPause, passTime, pauses } = setup();
    core.start();
    for (const _ of [1, 2, 3]) {
      last().exit(1);
      passPause();
    }
    passTime(61_000);
    last().exit(1);

    expect(pauses).toEqual([100, 500, 2_000, 100]);
    expect(children).toHaveLength(4);
  });

  test("gets the ports of pages that asked while none ran", () => {
    const { core, last, passPause } = setup();
    core.start();
    last().exit(1);

    core.handOver(port());
    passPause();

    expect(last().sent).toEqual(["port with 1"]);
  });

  test("is sent nothing once it has ended", () => {
    const { core, last } = setup();
    core.start();
    const child = last();
    child.exit(1);

    core.tell({ type: "resumed" });

    expect(child.sent).toEqual([]);
  });

  test("is asked to close and ended when it has answered, and is not started again", async () => {
    const { children, core, last, passPause } = setup();
    core.start();

    const closing = core.close();
    const wasKilledBefore = last().isKilled;
    last().hear({ type: "closed" });
    await closing;
    passPause();

    expect([last().sent, wasKilledBefore, last().isKilled]).toEqual([["close"], false, true]);
    expect(children).toHaveLength(1);
  });

  test("is ended when it does not answer in time", async () => {
    const { core, last, passPause } = setup();
    core.start();

    const closing = core.close();
    passPause();
    await closing;

    expect(last().isKilled).toBe(true);
  });

  test("turns ports away once the program ends", async () => {
    const { core, last } = setup();
    const closed: string[] = [];
    core.start();

    const closing = core.close();
    core.handOver(port(closed));
    last().hear({ type: "closed" });
    await closing;

    expect(closed).toEqual(["closed"]);
  });

  test("is heard only as long as it is the one that runs", () => {
    const { core, heard, last, passPause } = setup();
    core.start();
    const gone = last();
    gone.exit(1);
    passPause();

    gone.hear({ type: "chooseFolder" });
    last().hear({ type: "chooseFolder" });

    expect(heard).toEqual(["chooseFolder"]);
  });
});
