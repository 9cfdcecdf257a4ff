import { expect, test } from "vitest";
import { createTabs, type TabsDeps } from "./tabs.ts";

const credentials = { session: "s1", key: "k1" };

/** Tabs of one origin: what one posts, all others hear. */
function browser() {
  const tabs: { hear: Set<(event: MessageEvent<unknown>) => void> }[] = [];
  const timers: (() => void)[] = [];
  const sent: unknown[] = [];
  const open = (id: string) => {
    const tab = { hear: new Set<(event: MessageEvent<unknown>) => void>() };
    tabs.push(tab);
    const channel: TabsDeps["channel"] = {
      addEventListener: (_type: string, listener: unknown) =>
        tab.hear.add(listener as (event: MessageEvent<unknown>) => void),
      removeEventListener: (_type: string, listener: unknown) =>
        tab.hear.delete(listener as (event: MessageEvent<unknown>) => void),
      postMessage: (data: unknown) => {
        sent.push(data);
        for (const other of tabs) {
          if (other === tab) continue;
          for (const listener of other.hear) listener(new MessageEvent("message", { data }));
        }
      },
    };
    return createTabs({ channel, newId: () => id, after: (_delayMs, action) => timers.push(action) });
  };
  const waitInVain = () => {
    for (const action of timers) action();
  };
  return { open, sent, waitInVain };
}

test("a new tab gets the session of one that is live", async () => {
  const { open } = browser();
  open("a").answer(credentials, () => true);

  expect(await open("b").ask()).toEqual(credentials);
});

test("without a live tab the new one goes without, and no session was sent", async () => {
  const { open, sent, waitInVain } = browser();
  open("a").answer(credentials, () => false);
  open("b").answer(credentials, () => true)();

  const asked = open("c").ask();
  waitInVain();

  expect(await asked).toBeNull();
  expect(sent).toEqual([{ kind: "ask", id: "c" }]);
});

test("what was meant for another tab, or is no session, is not taken", async () => {
  const { open, waitInVain } = browser();
  const asked = open("a").ask();
  const other = open("b");
  other.answer(credentials, () => true);

  const forMe = open("c").ask();
  waitInVain();

  expect(await forMe).toEqual(credentials);
  expect(await asked).toBeNull();
});
