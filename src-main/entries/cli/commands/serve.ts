import { join } from "node:path";
import { AppError } from "#contract/errors.ts";
import type { CoreHost } from "#main/core-host.ts";
import { findProgram } from "#main/program.ts";
import type { Call, Command } from "../command.ts";
import { PASSPHRASE_FILE, passphraseOf } from "../open-vault.ts";
import { takeFolder } from "../take-folder.ts";

/** Everything is closed by then, whatever hangs: the durable parts write before they answer. */
const CLOSE_MS = 1_800;

export const serve: Command = {
  path: ["serve"],
  summary: "Run Pilothouse with its page in the browser until Ctrl-C",
  notes: [
    "Listens on 127.0.0.1 only. Runs go on when it ends, and are found again by the next one. The sign-in",
    "link works once and for ten minutes; pilothouse open gives a new one. A page that is left open signs",
    "in again by itself when this program is back on the same port, unless no page was open for 12 hours.",
  ],
  args: [],
  flags: [
    { name: "port", value: "N", summary: "Port to listen on; if left out, the last one or any free one" },
    { name: "no-open", summary: "Do not open the browser" },
    { name: "or-attach", summary: "If Pilothouse already runs on this folder, open that one" },
    PASSPHRASE_FILE,
  ],
  examples: ["pilothouse serve", "pilothouse serve --port 7000 --no-open --json"],
  async run(call) {
    const port = portOf(call);
    let signInLink: () => string | null = () => null;
    const host = await takeFolder(call, { createSignInLink: () => signInLink() });
    if (host === null) {
      await announce(call, await attachedLink(call));
      return 0;
    }
    try {
      await unlockVault(call, host);
      await using web = await startWeb(call, host, port);
      signInLink = () => web.createSignInLink();
      const ended = untilInterrupted(call);
      await announce(call, web.createSignInLink());
      await ended;
    } finally {
      await Promise.race([host.close(), new Promise<void>((done) => call.clock.after(CLOSE_MS, done))]);
    }
    return 0;
  },
};

/** For computers that start Pilothouse without a person. What goes wrong keeps nothing but the vault closed. */
async function unlockVault(call: Call, { core }: CoreHost): Promise<void> {
  if (!call.has(PASSPHRASE_FILE.name)) return;
  try {
    const passphrase = await passphraseOf(call);
    await core.faces.vault.unlock({ store: "passphrase", passphrase }, "cli");
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "usage.invalid") throw error;
    call.terminal.note(`The passphrase vault stays as it is: ${error.message}`);
  }
}

async function startWeb(call: Call, host: CoreHost, port: number | null) {
  const { SessionMemory, startWebServer } = await import("#main/entries/web/index.ts");
  const web = await startWebServer({
    router: host.router,
    reportBug: host.reportBug,
    clock: host.clock,
    assetsFolder: join(findProgram(import.meta.dirname).root, "dist", "renderer"),
    port,
    memory: new SessionMemory({ file: call.data.webMemory, warn: host.warn }),
  });
  return { ...web, [Symbol.asyncDispose]: () => web.close() };
}

async function attachedLink(call: Call): Promise<string> {
  const link = await call.attach();
  const signIn = await link.tell((client) => client.system.createSignInLink.mutate());
  if (signIn !== null) return signIn;
  throw new AppError("core.already_running", "Pilothouse already runs on this folder, without a page", {
    details: { folder: call.data.folder },
  });
}

async function announce(call: Call, signIn: string): Promise<void> {
  const url = signIn.split("#", 1)[0] ?? signIn;
  await call.answer(
    { url, signIn },
    `Pilothouse is ready; this link signs in once, within ten minutes: ${signIn}`,
  );
  if (call.has("no-open")) return;
  const { openBrowser } = await import("#main/entries/web/index.ts");
  if (!(await openBrowser(signIn, process.platform))) {
    call.terminal.note("No browser could be opened here; open the link yourself.");
  }
}

function untilInterrupted({ interrupts }: Call): Promise<void> {
  return new Promise((resolve) => {
    interrupts.listen(() => resolve());
  });
}

/** The port that was asked for; null when none was. @throws AppError `usage.invalid` */
function portOf(call: Call): number | null {
  if (!call.has("port")) return null;
  const text = call.text("port");
  const port = Number(text);
  if (/^[0-9]+$/.test(text) && port <= 65_535) return port;
  const expected = "a whole number from 0 to 65535";
  throw new AppError("usage.invalid", `--port ${text} is not ${expected}`, {
    details: { argument: "--port", problem: `is ${text}`, expected },
  });
}
