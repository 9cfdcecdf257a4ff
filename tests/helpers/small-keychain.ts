// A keychain behind the protocol of the keychain's process, as a system has it that cannot be asked how it is: it takes
// 2,560 bytes per item, as Windows Credential Manager does, and refuses, waits or answers as a file beside it says.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import type { KeychainAnswer, KeychainRequest } from "#main/vault/keychain/keychain-protocol.ts";

const MOST_BYTES = 2_560;
const file = process.env["HOME"] ?? "";
const items = new Map<string, string>(
  existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as [string, string][]) : [],
);

/** What the systems' own libraries say. */
const PROBLEMS: Readonly<Record<string, string>> = {
  locked: "User interaction is not allowed.",
  denied: "The user name or passphrase you entered is not correct. authorization denied",
  absent: "A specified logon session does not exist. It may already have been terminated.",
};

function carryOut({ account, do: what, value = "" }: KeychainRequest): string | null {
  if (what === "get") return items.get(account) ?? null;
  if (Buffer.byteLength(value) > MOST_BYTES) throw new Error("The stub received bad data.");
  if (what === "set") items.set(account, value);
  else items.delete(account);
  writeFileSync(file, JSON.stringify([...items]));
  return null;
}

function answerTo(request: KeychainRequest): KeychainAnswer {
  const { id } = request;
  const problem = PROBLEMS[readFileSync(`${file}.state`, "utf8")];
  if (problem !== undefined) return { id, value: null, problem };
  try {
    return { id, value: carryOut(request) };
  } catch (error) {
    return { id, value: null, problem: (error as Error).message };
  }
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    if (readFileSync(`${file}.state`, "utf8") === "hung") return;
    process.stdout.write(`${JSON.stringify(answerTo(JSON.parse(line) as KeychainRequest))}\n`);
  })
  .on("close", () => process.exit(0));
