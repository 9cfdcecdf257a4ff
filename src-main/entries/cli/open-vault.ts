import { readFile, stat } from "node:fs/promises";
import { AppError } from "#contract/errors.ts";
import type { SecretStoreKind, VaultStatus } from "#contract/vault.ts";
import type { Call, Flag } from "./command.ts";
import type { CoreLink } from "./core-link.ts";

/** For every command that may need a value from the passphrase vault, or put one there. */
export const PASSPHRASE_FILE: Flag = {
  name: "passphrase-file",
  value: "FILE",
  summary: "Open the passphrase vault with the first line of this file, e.g. /dev/fd/3",
  completion: "file",
};

const READABLE_BY_OTHERS = 0o077;

/**
 * Opens the passphrase vault when `store` is the one, it is locked, and there is a way: the file that was named, or a
 * person who can be asked and whose core ends with this command. Otherwise the command goes on and is told by the core.
 *
 * @throws AppError `usage.invalid` for the file, `vault.*` for the passphrase
 */
export async function openVault(call: Call, link: CoreLink, store: SecretStoreKind | null): Promise<void> {
  const isNamed = call.has(PASSPHRASE_FILE.name);
  if (!isNamed && (store !== "passphrase" || !link.isOwn || !call.hasPerson)) return;
  const status = await link.ask((client) => client.vault.status.query());
  if (stateOfVault(status) !== "locked") return;
  const passphrase = isNamed
    ? await passphraseOf(call)
    : await call.readSecret("Passphrase of the vault (not shown):");
  await link.tell((client) => client.vault.unlock.mutate({ store: "passphrase", passphrase }));
}

/** The store that a credential lies in, or a new one will. */
export async function storeOf(link: CoreLink, name: string): Promise<SecretStoreKind> {
  const all = await link.ask((client) => client.credentials.list.query());
  const known = all.find((credential) => credential.name === name);
  return known?.store ?? (await link.ask((client) => client.vault.status.query())).chosen;
}

/** The first line of the file that was named. @throws AppError `usage.invalid` */
export async function passphraseOf(call: Call): Promise<string> {
  const file = call.text(PASSPHRASE_FILE.name);
  let text: string;
  try {
    const { mode } = await stat(file);
    const isOpen = call.place.platform !== "win32" && isRegular(mode) && (mode & READABLE_BY_OTHERS) !== 0;
    if (isOpen) throw refused(file, "can be read by other users; chmod 600 mends that");
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refused(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const [line = ""] = text.split(/\r?\n/, 1);
  if (line === "") throw refused(file, "begins with an empty line");
  return line;
}

const KIND_BITS = 0o170_000;
const REGULAR = 0o100_000;

/** A pipe belongs to whoever holds its ends. */
function isRegular(mode: number): boolean {
  return (mode & KIND_BITS) === REGULAR;
}

function stateOfVault({ stores }: VaultStatus): string {
  return stores.find(({ store }) => store === "passphrase")?.state ?? "absent";
}

function refused(file: string, problem: string, cause?: unknown): AppError {
  return new AppError("usage.invalid", `--passphrase-file ${file} ${problem}`, {
    details: {
      argument: "--passphrase-file",
      problem,
      expected: "a file whose first line is the passphrase",
    },
    cause,
  });
}
