import type { CredentialName } from "#contract/credential.ts";
import type { Command } from "../command.ts";
import { credentialDocument, credentialText } from "../secret-text.ts";

export const credentialShow: Command = {
  path: ["credential", "show"],
  summary: "Show what is known about a credential; values are never shown",
  args: [{ name: "NAME", summary: "Name of the credential" }],
  flags: [],
  examples: ["pilothouse credential show shop-login"],
  async run(call) {
    const link = await call.link();
    const name = call.text("NAME") as CredentialName;
    const credential = await link.ask((client) => client.credentials.get.query({ name }));
    await call.answer(credentialDocument(credential), credentialText(credential, call.terminal));
    return 0;
  },
};
