import type { Command } from "../command.ts";
import { credentialDocument, credentialTable } from "../secret-text.ts";

export const credentialList: Command = {
  path: ["credential", "list"],
  summary: "List credentials; values are never shown",
  args: [],
  flags: [],
  examples: ["pilothouse credential list", "pilothouse credential list --json"],
  async run(call) {
    const link = await call.link();
    const all = await link.ask((client) => client.credentials.list.query());
    await call.answer(all.map(credentialDocument), credentialTable(all, call.terminal));
    return 0;
  },
};
