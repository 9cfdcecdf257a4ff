import type { CredentialName } from "#contract/credential.ts";
import type { Command } from "../command.ts";
import { openVault, PASSPHRASE_FILE, storeOf } from "../open-vault.ts";

export const credentialRemove: Command = {
  path: ["credential", "remove"],
  summary: "Delete a credential and its values, and look whether they are gone",
  notes: ["Runs that were given it keep what they have until they end."],
  args: [{ name: "NAME", summary: "Name of the credential" }],
  flags: [PASSPHRASE_FILE],
  examples: ["pilothouse credential remove shop-login"],
  async run(call) {
    const link = await call.link();
    const name = call.text("NAME") as CredentialName;
    await openVault(call, link, await storeOf(link, name));
    await link.tell((client) => client.credentials.remove.mutate({ name }));
    await call.answer({ removed: name }, `Removed ${name}; its store was asked, and holds nothing of it.`);
    return 0;
  },
};
