import { type ChildProcess, spawn } from "node:child_process";
import { createHash, timingSafeEqual } from "node:crypto";
import type { ClipboardCopy, CopyCredential } from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import type { Door } from "#contract/run.ts";
import type { Clock, Timer } from "#core/clock.ts";
import type { AuditTrail } from "#main/audit/index.ts";
import type { Credentials } from "./credentials.ts";

const KEEP_MS = 30_000;
const PROGRAM_MS = 3_000;

/** A program that reaches the clipboard; values go through its standard input, never its arguments. */
interface ClipboardProgram {
  readonly needs: string | null;
  readonly write: readonly string[];
  readonly read: readonly string[];
}

const PROGRAMS: Readonly<Record<string, readonly ClipboardProgram[]>> = {
  linux: [
    { needs: "WAYLAND_DISPLAY", write: ["wl-copy"], read: ["wl-paste", "--no-newline"] },
    {
      needs: "DISPLAY",
      write: ["xclip", "-selection", "clipboard"],
      read: ["xclip", "-selection", "clipboard", "-out"],
    },
  ],
  darwin: [{ needs: null, write: ["pbcopy"], read: ["pbpaste"] }],
  win32: [
    {
      needs: null,
      write: ["powershell", "-NoProfile", "-Command", "$input | Set-Clipboard"],
      read: ["powershell", "-NoProfile", "-Command", "Get-Clipboard -Raw"],
    },
  ],
};

export interface SecretClipboardDeps {
  readonly credentials: Pick<Credentials, "useValue">;
  readonly audit: Pick<AuditTrail, "around">;
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Puts a value on the clipboard and clears it after half a minute, unless something else is there by then. */
export class SecretClipboard {
  readonly #deps: SecretClipboardDeps;
  #timer: Timer | null = null;
  #digest: Buffer | null = null;

  constructor(deps: SecretClipboardDeps) {
    this.#deps = deps;
  }

  async copy({ field, name }: CopyCredential, door: Door): Promise<ClipboardCopy> {
    const { audit, clock, credentials } = this.#deps;
    const program = this.#program();
    const act = { door, action: "credential.copy", subject: name, details: { field } } as const;
    await audit.around(act, async () => {
      await credentials.useValue({ name, field }, async (value) => {
        await this.#run(program.write, value);
        this.#digest = digestOf(value);
      });
    });
    this.#timer?.cancel();
    this.#timer = clock.after(KEEP_MS, () => void this.#clear(program));
    return { clearsAtMs: clock.nowMs() + KEEP_MS };
  }

  /** Clears what is still there: nobody would do it later. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    if (this.#digest !== null) await this.#clear(this.#program());
  }

  async #clear(program: ClipboardProgram): Promise<void> {
    const ours = this.#digest;
    this.#digest = null;
    try {
      const held = digestOf(await this.#run(program.read, null));
      if (ours !== null && timingSafeEqual(held, ours)) await this.#run(program.write, "");
    } catch {
      // The clipboard is gone with its desktop, and so is what it held.
    }
  }

  #program(): ClipboardProgram {
    const { environment, platform } = this.#deps;
    const found = (PROGRAMS[platform] ?? []).find(
      ({ needs }) => needs === null || (environment[needs] ?? "") !== "",
    );
    if (found !== undefined) return found;
    throw unavailable("there is no desktop here");
  }

  async #run([command = "", ...args]: readonly string[], input: string | null): Promise<string> {
    const { clock, environment } = this.#deps;
    const child = spawn(command, args, {
      env: { ...environment },
      windowsHide: true,
      // A program that stays to serve the clipboard must not hold our pipe open.
      stdio: ["pipe", input === null ? "pipe" : "ignore", "ignore"],
    });
    const timer = clock.after(PROGRAM_MS, () => child.kill("SIGKILL"));
    try {
      return await resultOf(child, input);
    } finally {
      timer.cancel();
    }
  }
}

function resultOf(child: ChildProcess, input: string | null): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    child.stdout?.on("data", (bytes: Buffer) => pieces.push(bytes));
    // Its end says the same.
    child.stdin?.on("error", () => undefined);
    child.once("error", (error) => reject(unavailable(error.message)));
    child.once(child.stdout === null ? "exit" : "close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(pieces).toString("utf8"));
      else reject(unavailable(`${child.spawnfile} ended with ${signal ?? code}`));
    });
    child.stdin?.end(input ?? "");
  });
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function unavailable(problem: string): AppError {
  return new AppError("clipboard.unavailable", `The clipboard cannot be reached: ${problem}`, {
    details: { problem },
  });
}
