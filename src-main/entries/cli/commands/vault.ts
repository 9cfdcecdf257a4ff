import { AppError } from "#contract/errors.ts";
import { SECRET_STORES, type SecretStoreKind, type VaultStatus } from "#contract/vault.ts";
import type { Call, Command, Flag } from "../command.ts";
import type { CoreLink } from "../core-link.ts";
import { isoOf } from "../run-text.ts";
import { vaultText } from "../secret-text.ts";

const STORE: Flag = {
  name: "store",
  value: "S",
  summary: `${SECRET_STORES.join(" or ")}; the one new values go to if left out`,
  completion: SECRET_STORES,
};

export const vaultStatus: Command = {
  path: ["vault", "status"],
  summary: "Say whether the stores of secrets are unlocked, locked, absent, hung or denied",
  args: [],
  flags: [],
  examples: ["pilothouse vault status", "pilothouse vault status --json"],
  async run(call) {
    const link = await call.link();
    await tell(call, await link.ask((client) => client.vault.status.query()));
    return 0;
  },
};

export const vaultUnlock: Command = {
  path: ["vault", "unlock"],
  summary: "Unlock a store of secrets; runs that wait for it go on",
  notes: [
    "The passphrase comes from standard input. A passphrase vault stays open as long as Pilothouse runs, so it is",
    "unlocked where Pilothouse runs already (pilothouse serve). Without that, the command that needs the vault opens",
    "it for itself: it asks for the passphrase, or takes --passphrase-file. The keychain asks for its password itself.",
  ],
  args: [],
  flags: [STORE],
  examples: ["pilothouse vault unlock", "pilothouse vault unlock --store keychain"],
  takesSecret: true,
  async run(call) {
    const link = await call.link();
    const store = storeOf(call) ?? (await chosenStore(link));
    if (store === "passphrase") refuseOwnCore(call, link);
    const passphrase = store === "passphrase" ? await call.readSecret("Passphrase (not shown):") : undefined;
    const request = { store, ...(passphrase === undefined ? {} : { passphrase }) };
    await tell(call, await link.tell((client) => client.vault.unlock.mutate(request)));
    return 0;
  },
};

export const vaultLock: Command = {
  path: ["vault", "lock"],
  summary: "Lock a store of secrets; what runs have been given they keep",
  args: [],
  flags: [STORE],
  examples: ["pilothouse vault lock"],
  async run(call) {
    const link = await call.link();
    const store = storeOf(call);
    const request = store === undefined ? {} : { store };
    await tell(call, await link.tell((client) => client.vault.lock.mutate(request)));
    return 0;
  },
};

export const vaultCreate: Command = {
  path: ["vault", "create"],
  summary: "Make a passphrase vault and use it for new values",
  notes: [
    "For computers without a keychain. The passphrase comes from standard input, at least eight characters; nobody",
    "can recover it. Values that lie in the keychain stay there.",
  ],
  args: [],
  flags: [],
  examples: ["pilothouse vault create"],
  takesSecret: true,
  async run(call) {
    const link = await call.link();
    const passphrase = await call.readSecret("New passphrase (not shown):");
    await tell(call, await link.tell((client) => client.vault.create.mutate({ passphrase })));
    return 0;
  },
};

async function tell(call: Call, status: VaultStatus): Promise<void> {
  const { atMs, ...rest } = status;
  await call.answer({ ...rest, at: isoOf(atMs) }, vaultText(status, call.terminal));
}

async function chosenStore(link: CoreLink): Promise<SecretStoreKind> {
  const { chosen } = await link.ask((client) => client.vault.status.query());
  return chosen;
}

/** It would be locked again with the end of this command. */
function refuseOwnCore({ data }: Call, link: CoreLink): void {
  if (!link.isOwn) return;
  const message =
    "A vault stays open only while Pilothouse runs. Start pilothouse serve first, or give the passphrase to the " +
    "command that needs it: it asks for it, or takes --passphrase-file FILE";
  throw new AppError("core.unreachable", message, { details: { folder: data.folder } });
}

function storeOf(call: Call): SecretStoreKind | undefined {
  const text = call.text("store");
  if (text === "") return undefined;
  const store = SECRET_STORES.find((known) => known === text);
  if (store !== undefined) return store;
  const expected = SECRET_STORES.join(" or ");
  throw new AppError("usage.invalid", `--store ${text} is not ${expected}`, {
    details: { argument: "--store", problem: `is ${text}`, expected },
  });
}
