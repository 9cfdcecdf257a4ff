import { expect, test } from "vitest";
import { readSources } from "./source-files.ts";

/** Files that open connections, each with why it does not go through `network`. */
const OPENERS: Readonly<Record<string, string>> = {
  "src-main/drivers/container/engine/ssh-connection.ts": "the ssh command connects, by its own settings",
  "src-main/drivers/container/engine/ssh-sharing.ts":
    "asks the socket of the ssh command whether it is there",
  "src-main/drivers/process/supervisor/main.ts": "a pipe that was handed to the process",
  "src-main/drivers/process/supervisor/output-pipe.ts": "a pipe that was handed to the process",
  "src-main/entries/cli/core-link.ts": "the local socket of the core",
  "src-main/entries/desktop/attached-core.ts": "the local socket of the core",
  "src-main/entries/desktop/take-folder.ts": "the local socket of the core",
  "src-main/network/fetch.ts": "this is it",
  "src-main/network/outgoing-network.ts": "this is it",
  "src-main/rpc/bridge-port.ts": "the local socket of the core",
  "src-main/runs/health-probes.ts": "asks a run, which listens on this computer",
  "src-main/vault/dbus/bus-connection.ts": "the bus of the person's session",
};

const OPENS =
  /(?<![.#\w])fetch\(|import [^;]*\b(?:connect|createConnection|request|Agent|Socket)\b[^;]*from "node:(?:net|http|https|tls)"/;
const ONLY_TYPES = /import type [^;]*;/g;

test("every way to another computer leads through one module", () => {
  const files = readSources("src-main", /(?<!\.test)\.ts$/);
  const openers = files.filter(({ text }) => OPENS.test(text.replaceAll(ONLY_TYPES, "")));

  expect(openers.map(({ path }) => path).toSorted()).toEqual(Object.keys(OPENERS).toSorted());
});
