/**
 * The keychain's process: the only one that loads keytar. A keyring that hangs holds its threads and not the
 * core's, and is ended with it; a crash in the system's library takes nothing else along.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { KEYCHAIN_SERVICE, type KeychainAnswer, type KeychainRequest } from "./keychain-protocol.ts";

type Keytar = typeof import("keytar");

async function carryOut(request: KeychainRequest): Promise<string | null> {
  const keytar = await load();
  const { account, value = "" } = request;
  switch (request.do) {
    case "get":
      return await keytar.getPassword(KEYCHAIN_SERVICE, account);
    case "set":
      await keytar.setPassword(KEYCHAIN_SERVICE, account, value);
      return null;
    case "delete":
      await keytar.deletePassword(KEYCHAIN_SERVICE, account);
      return null;
  }
}

/** Loaded with the first request: without libsecret it does not load at all, and then it says so. */
async function load(): Promise<Keytar> {
  const loaded: Keytar & { readonly default?: Keytar } = await import("keytar");
  return loaded.default ?? loaded;
}

async function answer(request: KeychainRequest): Promise<void> {
  const { id } = request;
  try {
    say({ id, value: await carryOut(request) });
  } catch (error) {
    say({ id, value: null, problem: error instanceof Error ? error.message : String(error) });
  }
}

function say(message: KeychainAnswer): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void answer(JSON.parse(line) as KeychainRequest));
lines.on("close", () => process.exit(0));
