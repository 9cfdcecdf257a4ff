import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { prove } from "./prove.ts";

const credentials = { session: "s1", key: "a key of 43 characters, as the core gives" };

function setup(answer: () => Response) {
  const sent: string[] = [];
  const deps = {
    host: "127.0.0.1:4711",
    fetch: async (path: string, init: RequestInit) => {
      sent.push(`${init.method} ${path} ${String(init.body ?? "")}`);
      return answer();
    },
    subtle: crypto.subtle,
  };
  return { deps, sent };
}

test("the proof seals the nonce and the name of the core, and the key is in nothing that is sent", async () => {
  const { deps, sent } = setup(() => Response.json({ nonce: "n1" }));

  const params = await prove(credentials, deps);

  const proof = createHmac("sha256", credentials.key).update("n1\n127.0.0.1:4711").digest("hex");
  expect(params).toEqual({ session: "s1", nonce: "n1", proof });
  expect(sent).toEqual(["POST /challenge "]);
});

test("an answer that is no challenge is a failure, whatever it says", async () => {
  for (const answer of [
    () => new Response("{}", { status: 200 }),
    () => new Response("null", { status: 200 }),
    () => Response.json({ nonce: 1 }),
    () => Response.json({ nonce: "n1" }, { status: 403 }),
  ]) {
    await expect(prove(credentials, setup(answer).deps)).rejects.toThrow();
  }
});
