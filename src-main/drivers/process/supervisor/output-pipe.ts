import { execFile } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmdirSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A pipe of the system: what one end takes comes out at the other. */
export interface PipeEnds {
  readonly readFd: number;
  readonly writeFd: number;
}

const PIPES_AT_ONCE = 8;

/**
 * Real pipes for the output of runs, made ahead of time.
 *
 * Node gives children socket pairs, and a program that opens /dev/stdout or /dev/stderr again (shell scripts
 * do) fails on a socket. Pipes can be opened again. They are made as named ones, several by one `mkfifo`, and
 * lose their names at once. Where that is impossible, `take` answers null and socket pairs do.
 */
export class PipeStock {
  readonly #ready: PipeEnds[] = [];
  #filling: Promise<void> | null = null;
  #isImpossible = process.platform === "win32";

  /** Two pipes, for standard output and standard error; null where pipes cannot be made. */
  async takePair(): Promise<readonly [PipeEnds, PipeEnds] | null> {
    if (this.#ready.length < 2) await this.fill();
    const first = this.#ready.pop();
    const second = this.#ready.pop();
    return first === undefined || second === undefined ? null : [first, second];
  }

  /** Makes pipes unless enough are there. Never fails. */
  async fill(): Promise<void> {
    if (this.#isImpossible || this.#ready.length >= 2) return;
    this.#filling ??= this.#make().finally(() => {
      this.#filling = null;
    });
    await this.#filling;
  }

  /** Resolves when no pipe is being made, so that the process can exit without leaving names behind. */
  async settle(): Promise<void> {
    await this.#filling;
  }

  async #make(): Promise<void> {
    try {
      const folder = mkdtempSync(join(tmpdir(), "pilothouse-pipes-"));
      const names = Array.from({ length: PIPES_AT_ONCE }, (_, index) => join(folder, String(index)));
      try {
        await promisify(execFile)("mkfifo", ["-m", "600", ...names]);
        for (const name of names) this.#ready.push(openBothEnds(name));
      } finally {
        rmdirSync(folder);
      }
    } catch {
      // No mkfifo, or a file system without pipes: socket pairs carry the output as well.
      this.#isImpossible = true;
    }
  }
}

function openBothEnds(name: string): PipeEnds {
  // Opening the reading end without blocking succeeds at once, and lets the writing end open.
  const readFd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeFd = openSync(name, constants.O_WRONLY);
  unlinkSync(name);
  return { readFd, writeFd };
}

/** Closes a writing end once the child has its own copy. */
export function closeEnd(fd: number): void {
  closeSync(fd);
}

export interface PipeReader {
  /** Resolves when every writer has closed the pipe. */
  readonly ended: Promise<void>;
  resume(): void;
  /** Stops reading for good. */
  drop(): void;
}

/**
 * Reads a pipe into one fixed buffer that begins with `headRoom` free bytes. `onBytes` gets the room and the
 * bytes together, must be done with them when it returns, and answers whether to go on reading.
 */
export function readPipe(
  source: number | Socket,
  headRoom: number,
  onBytes: (whole: Uint8Array) => boolean,
): PipeReader {
  return typeof source === "number"
    ? readDescriptor(source, headRoom, onBytes)
    : readSocket(source, headRoom, onBytes);
}

const READ_BYTES = 65_536;

function readDescriptor(fd: number, headRoom: number, onBytes: (whole: Uint8Array) => boolean): PipeReader {
  const whole = new Uint8Array(headRoom + READ_BYTES);
  const socket = new Socket({
    fd,
    readable: true,
    writable: false,
    onread: {
      buffer: whole.subarray(headRoom),
      callback: (count: number) => onBytes(whole.subarray(0, headRoom + count)),
    },
  });
  const ended = Promise.withResolvers<void>();
  socket.on("close", () => ended.resolve());
  // A broken pipe end reads as its end; there is nothing more to get from it.
  socket.on("error", () => ended.resolve());
  socket.resume();
  return { ended: ended.promise, resume: () => socket.resume(), drop: () => socket.destroy() };
}

function readSocket(socket: Socket, headRoom: number, onBytes: (whole: Uint8Array) => boolean): PipeReader {
  const ended = Promise.withResolvers<void>();
  socket.on("data", (bytes: Buffer) => {
    const whole = new Uint8Array(headRoom + bytes.byteLength);
    whole.set(bytes, headRoom);
    if (!onBytes(whole)) socket.pause();
  });
  socket.on("close", () => ended.resolve());
  // As above.
  socket.on("error", () => ended.resolve());
  return { ended: ended.promise, resume: () => socket.resume(), drop: () => socket.destroy() };
}
