import type { CredentialName } from "#contract/credential.ts";
import type { Command } from "../command.ts";
import { openVault, PASSPHRASE_FILE } from "../open-vault.ts";
import { credentialDocument, warningText } from "../secret-text.ts";
import { expiryOf, mainField } from "./credential-set.ts";

export const credentialRotate: Command = {
  path: ["credential", "rotate"],
  summary: "Replace a value; the old one stays valid until the new one is stored",
  args: [{ name: "NAME", summary: "Name of the credential" }],
  flags: [
    { name: "field", value: "F", summary: "Field to replace; the kind's main field if left out" },
    { name: "expires", value: "DATE", summary: "Last day the new value is good for, or never" },
    PASSPHRASE_FILE,
  ],
  examples: ["pilothouse credential rotate shop-login --expires 2027-01-31 < new-password"],
  takesSecret: true,
  async run(call) {
    const expiry = expiryOf(call);
    const name = call.text("NAME") as CredentialName;
    const link = await call.link();
    const { kind, store } = await link.ask((client) => client.credentials.get.query({ name }));
    const field = call.text("field") || mainField(kind);
    await openVault(call, link, store);
    const value = await call.readSecret(`New value of ${name}.${field} (not shown):`);
    const { credential, warnings } = await link.tell((client) =>
      client.credentials.rotate.mutate({
        name,
        fields: { [field]: value },
        ...(expiry === undefined ? {} : { expiresAtMs: expiry }),
      }),
    );
    for (const warning of warnings) call.terminal.note(warningText(warning));
    await call.answer({ ...credentialDocument(credential), warnings }, `Replaced ${name}.${field}.`);
    return 0;
  },
};
