import type { ShellId, ShellPiece } from "#contract/engine.ts";
import type { Call, Command } from "../command.ts";
import { ENGINE_FLAG, oneContainer } from "../container-choice.ts";
import type { CoreLink } from "../core-link.ts";

const NOT_ENDED = 1;

export const containerExec: Command = {
  path: ["container", "exec"],
  summary: "Run a command in a container and print what it says",
  notes: [
    "COMMAND is one word in quotes and is given to the shell of the container. Its exit code is passed on. With -it",
    "it is a shell to type into; every key goes there, also Ctrl-C.",
  ],
  args: [
    { name: "CONTAINER", summary: "Name of the container, its id, or the first characters of it" },
    { name: "COMMAND", summary: "What the container's shell is to run" },
  ],
  flags: [
    ENGINE_FLAG,
    { name: "interactive", summary: "Hand standard input on (also -i)" },
    { name: "tty", summary: "Give the command a terminal of the size of this one (also -t)" },
  ],
  examples: ["pilothouse container exec web hostname", "pilothouse container exec web sh -it"],
  async run(call) {
    const { keyboard } = call;
    const link = await call.link();
    const { engine, container } = await oneContainer(call, link);
    const hasTty = call.has("tty");
    const request = {
      ...{ engine, container: container.id, hasTty, command: ["sh", "-c", call.text("COMMAND")] },
      ...(hasTty ? keyboard.size : null),
    };
    const shell = await link.tell((client) => client.engines.shells.open.mutate(request));
    const pieces = link.stream<ShellPiece>((client, on) =>
      client.engines.shells.output.subscribe({ shell }, on),
    );
    void handOn(call, link, { shell, hasTty });
    using _resizing = keyboard.onResize((size) => {
      // A shell that has just ended has no size.
      if (hasTty)
        link.tell((client) => client.engines.shells.resize.mutate({ shell, ...size })).catch(() => undefined);
    });
    try {
      for await (const piece of pieces) {
        if (piece.kind === "end") return piece.exitCode ?? NOT_ENDED;
        await call.terminal.bytes(Buffer.from(piece.base64, "base64"));
      }
      return NOT_ENDED;
    } finally {
      keyboard.letGo();
    }
  },
};

async function handOn(
  call: Call,
  link: CoreLink,
  { hasTty, shell }: { readonly hasTty: boolean; readonly shell: ShellId },
): Promise<void> {
  try {
    if (call.has("interactive")) {
      for await (const bytes of call.keyboard.bytes({ isRaw: hasTty })) {
        const base64 = bytes.toString("base64");
        await link.tell((client) => client.engines.shells.write.mutate({ shell, base64 }));
      }
    }
    // A terminal has no end of its own: its program ends when it wants.
    if (!hasTty) await link.tell((client) => client.engines.shells.endInput.mutate({ shell }));
  } catch {
    // The command ended while there was more to hand on; whatever else it is ends its output too, and is said there.
  }
}
