import { expect, test } from "vitest";
import { settle } from "#tests/helpers/fake-clock.ts";
import { ContainerLooks } from "./container-looks.ts";

/** Looks at an engine that answers when it is told to, with how often it was asked so far. */
function setup() {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  let newsCount = 0;
  const looks = new ContainerLooks({
    inspect: async (id) => {
      asked.push(id);
      const restartCount = asked.length;
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (id === "gone") throw new Error("no such container");
      return { startedAtMs: 1, restartCount, exitCode: null };
    },
    onNews: () => {
      newsCount += 1;
    },
  });
  const answer = async () => {
    while (waiting.length > 0) {
      for (const one of waiting.splice(0)) one();
      await settle();
    }
  };
  return { answer, asked, looks, newsCount: () => newsCount };
}

const running = (...ids: readonly string[]) => ids.map((id) => ({ id, state: "running" as const }));

test("a container is looked into once for as long as its state is the same", async () => {
  const { answer, asked, looks, newsCount } = setup();

  looks.follow(running("a", "b"));
  expect(looks.of("a").startedAtMs).toBeNull();
  await answer();
  looks.follow(running("a", "b"));
  await answer();

  expect(asked).toEqual(["a", "b"]);
  expect(looks.of("a")).toEqual({ startedAtMs: 1, restartCount: 1, exitCode: null });
  expect(newsCount()).toBe(1);
});

test("one whose state has changed, or that an event was about, is looked into again", async () => {
  const { answer, asked, looks } = setup();
  looks.follow(running("a", "b", "c"));
  await answer();

  looks.doubt("b");
  looks.follow([...running("b", "c"), { id: "a", state: "exited" }]);
  await answer();

  expect(asked.slice(3).sort()).toEqual(["a", "b"]);
});

test("an event that comes while the engine answers makes the answer doubtful", async () => {
  const { answer, asked, looks } = setup();
  looks.follow(running("a"));
  looks.doubt("a");
  await answer();

  looks.follow(running("a"));
  await answer();

  expect(asked).toEqual(["a", "a"]);
  expect(looks.of("a").restartCount).toBe(2);
});

test("no more than four are asked for at the same time, and all in the end", async () => {
  const { answer, asked, looks } = setup();
  const ids = Array.from({ length: 30 }, (_, index) => `id-${index}`);

  looks.follow(running(...ids));
  expect(asked).toHaveLength(4);
  await answer();

  expect(asked).toEqual(ids);
});

test("one that is gone is forgotten, and hinders no other", async () => {
  const { answer, looks } = setup();
  looks.follow(running("gone", "a"));
  await answer();
  looks.follow(running("b"));
  await answer();

  expect(looks.of("a").startedAtMs).toBeNull();
  expect(looks.of("b").startedAtMs).toBe(1);
});
