import { AppError } from "#contract/errors.ts";
import type { Command } from "../command.ts";

export const open: Command = {
  path: ["open"],
  summary: "Open the page of the running Pilothouse with a fresh sign-in link",
  notes: ["The link works once and for ten minutes."],
  args: [],
  flags: [{ name: "no-open", summary: "Only print the link" }],
  examples: ["pilothouse open", "pilothouse open --no-open --json"],
  async run(call) {
    const link = await call.attach();
    const signIn = await link.tell((client) => client.system.createSignInLink.mutate());
    if (signIn === null) {
      throw new AppError(
        "core.unreachable",
        "The running Pilothouse has no page. Start one with: pilothouse serve",
        {
          details: { folder: call.data.folder },
        },
      );
    }
    await call.answer({ url: signIn.split("#", 1)[0], signIn }, signIn);
    if (!call.has("no-open")) {
      const { openBrowser } = await import("#main/entries/web/index.ts");
      await openBrowser(signIn, process.platform);
    }
    return 0;
  },
};
