import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { chmod, mkdtemp, open, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SystemClock } from "#main/platform/index.ts";
import { KeychainStore } from "#main/vault/keychain/keychain-store.ts";
import { PassphraseStore } from "#main/vault/passphrase/passphrase-store.ts";
import type { SecretStore } from "#main/vault/secret-store.ts";
import { Keyring } from "#tests/helpers/keyring.ts";
import { describeSecretStoreContract, type StoreUnderTest } from "./secret-store-contract.ts";

const SCRIPT = fileURLToPath(new URL("../../src-main/vault/keychain/main.ts", import.meta.url));
const SMALL_KEYCHAIN = fileURLToPath(new URL("../helpers/small-keychain.ts", import.meta.url));
/** Of the user that owns nothing. */
const NOBODY = 65_534;
const run = promisify(execFile);
const PASSPHRASE = "a passphrase of many words";
/** A cheap one: the suite opens the vault often, and is not about guessing. */
const COST = 1 << 10;

async function makeKeychain(): Promise<StoreUnderTest> {
  const open = new AsyncDisposableStack();
  const keyring = open.use(await Keyring.open());
  const environment: Record<string, string> = { ...keyring.env };
  const create = () =>
    open.use(
      new KeychainStore({
        script: SCRIPT,
        nodeExecutable: process.execPath,
        nodeEnvironment: {},
        environment,
        clock: new SystemClock(),
        platform: "linux",
        vaultId: () => "suite",
      }),
    );
  const store = create();
  // A started timer keeps the process alive while a store waits for nobody.
  const alive = setInterval(() => undefined, 1_000);
  open.defer(() => clearInterval(alive));
  return {
    store,
    createNext: create,
    openNext: async () => undefined,
    bring: {
      locked: () => keyring.lock(),
      absent: () => keyring.endDaemon(),
      hung: () => keyring.freeze(),
      denied: async () => {
        environment["DBUS_SESSION_BUS_ADDRESS"] = `unix:path=${await rejectingBus(open, keyring.folder)}`;
      },
    },
    canLock: true,
    reopen: () => keyring.unlock(),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Where the system cannot be asked how its keychain is, and takes 2,560 bytes per item: Windows. */
async function makeSmallKeychain(): Promise<StoreUnderTest> {
  const open = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-small-keychain-"));
  open.defer(() => rm(folder, { recursive: true }));
  const file = path.join(folder, "items");
  const be = (state: string) => writeFile(`${file}.state`, state);
  await be("unlocked");
  const create = () =>
    open.use(
      new KeychainStore({
        script: SMALL_KEYCHAIN,
        nodeExecutable: process.execPath,
        nodeEnvironment: {},
        environment: { HOME: file },
        clock: new SystemClock(),
        platform: "win32",
        vaultId: () => "suite",
      }),
    );
  const alive = setInterval(() => undefined, 1_000);
  open.defer(() => clearInterval(alive));
  const store = create();
  await warmUp(store);
  return {
    store,
    createNext: create,
    openNext: warmUp,
    bring: {
      locked: () => be("locked"),
      absent: () => be("absent"),
      hung: () => be("hung"),
      denied: () => be("denied"),
    },
    canLock: false,
    reopen: () => be("unlocked"),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Its process has to start before it can answer in time, which a busy computer makes long. */
async function warmUp(store: SecretStore): Promise<void> {
  while ((await store.look()).state !== "unlocked");
}

/** A bus that lets nobody in. */
async function rejectingBus(open: AsyncDisposableStack, folder: string): Promise<string> {
  const socket = path.join(folder, "rejecting");
  const server = createServer((connection) => {
    connection.on("error", () => undefined);
    connection.once("data", () => connection.end("REJECTED EXTERNAL\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  open.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return socket;
}

async function makePassphrase(): Promise<StoreUnderTest> {
  const opened = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "pilothouse-vault-"));
  opened.defer(() => rm(folder, { recursive: true }));
  const file = path.join(folder, "vault.bin");
  const create = () => new PassphraseStore({ file, clock: new SystemClock(), cost: COST });
  const store = create();
  await store.create(PASSPHRASE);
  return {
    store,
    createNext: create,
    openNext: (next) => next.unlock(PASSPHRASE),
    bring: {
      locked: () => store.lock(),
      absent: () => rename(file, `${file}.away`),
      hung: async () => {
        await rename(file, `${file}.away`);
        await run("mkfifo", [file]);
        // Whoever opens it waits for somebody at the other end; who comes in the end lets them go.
        opened.defer(() => letGo(file));
      },
      denied: async () => {
        await chmod(file, 0o000);
        await chmod(folder, 0o711);
        opened.use(becomeNobody());
      },
    },
    canLock: true,
    reopen: () => store.unlock(PASSPHRASE),
    async [Symbol.asyncDispose]() {
      await opened.disposeAsync();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Root, whom no permission stops, is somebody else for a while; others are refused as they are. */
function becomeNobody(): Disposable {
  if (process.geteuid?.() !== 0) return { [Symbol.dispose]: () => undefined };
  process.seteuid?.(NOBODY);
  return { [Symbol.dispose]: () => process.seteuid?.(0) };
}

/** Ends the waits of everybody who opened the pipe to read from it. */
async function letGo(fifo: string): Promise<void> {
  const end = await open(fifo, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => null);
  await end?.close();
}

describeSecretStoreContract("keychain, with a real gnome-keyring", makeKeychain);
describeSecretStoreContract("keychain that takes 2,560 bytes per item", makeSmallKeychain);
describeSecretStoreContract("passphrase vault", makePassphrase);
