import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Engine } from "#contract/engine.ts";

/** `docker-compose` is a program in Python: seconds on a busy computer. */
const ASK_MS = 20_000;
const TOOLS: Readonly<Record<Engine["product"], readonly (readonly string[])[]>> = {
  docker: [["docker", "compose"], ["docker-compose"]],
  // The first two go where they are sent, also to Podman; `podman-compose` does not, see QUIRKS.md.
  podman: [["docker-compose"], ["docker", "compose"], ["podman", "compose"]],
  unknown: [],
};

/** Which compose tools this computer has; asked when somebody wants to know, because each question starts a process. */
export class ComposeTools {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #found = new Map<Engine["product"], Promise<readonly string[] | null>>();
  readonly #known = new Map<Engine["product"], readonly string[] | null>();

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /** Words that start the tool; null when none works. */
  async find(product: Engine["product"]): Promise<readonly string[] | null> {
    const asked = this.#found.get(product) ?? this.#firstWorking(TOOLS[product]);
    this.#found.set(product, asked);
    const tool = await asked;
    this.#known.set(product, tool);
    return tool;
  }

  /** The tool as far as it is known; null also when nobody has asked. */
  known(product: Engine["product"]): readonly string[] | null {
    return this.#known.get(product) ?? null;
  }

  /** Something may have been installed. */
  forget(): void {
    this.#found.clear();
  }

  async #firstWorking(tools: readonly (readonly string[])[]): Promise<readonly string[] | null> {
    for (const tool of tools) if (await this.#works(tool)) return tool;
    return null;
  }

  async #works([program = "", ...args]: readonly string[]): Promise<boolean> {
    try {
      await promisify(execFile)(program, [...args, "version"], {
        timeout: ASK_MS,
        env: this.#environment,
        windowsHide: true,
      });
      return true;
    } catch {
      // Not installed, or the program has no such part.
      return false;
    }
  }
}
