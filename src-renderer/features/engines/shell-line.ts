import type { EngineId, ShellId, ShellPiece } from "#contract/engine.ts";
import type { RpcClient } from "../../rpc/index.ts";
import { binaryToBase64, fromBase64, toBase64 } from "./base64.ts";
import { ShellText } from "./shell-text.ts";
import type { TerminalLine, TerminalSize } from "./terminal.tsx";

export interface ShellLineDeps {
  readonly shells: RpcClient["engines"]["shells"];
  readonly engine: EngineId;
  readonly container: string;
  readonly command: readonly string[];
  readonly onEnd: (exitCode: number | null) => void;
  readonly onFailed: (error: unknown) => void;
}

/** Connects a terminal with a program in a container; hanging up ends the program. */
export function createShellLine(deps: ShellLineDeps): TerminalLine {
  const { shells, engine, container, command, onEnd, onFailed } = deps;
  let shell: ShellId | null = null;
  let isOver = false;
  let hasEnded = false;
  /** Typed before the shell was open, or while the core takes what was typed before: the order matters. */
  const typed: string[] = [];
  let isSending = false;

  function over(tell: () => void): void {
    if (isOver) return;
    isOver = true;
    hasEnded = true;
    tell();
  }
  async function send(): Promise<void> {
    if (isSending || shell === null) return;
    isSending = true;
    try {
      for (let base64 = typed.shift(); base64 !== undefined && !isOver; base64 = typed.shift()) {
        await shells.write.mutate({ shell, base64 });
      }
    } catch (error) {
      over(() => onFailed(error));
    } finally {
      isSending = false;
    }
  }
  function type(base64: string): void {
    if (isOver) return;
    typed.push(base64);
    void send();
  }
  async function open(size: TerminalSize, show: (text: string) => void): Promise<() => void> {
    shell = await shells.open.mutate({ engine, container, command: [...command], ...size });
    const text = new ShellText();
    const subscription = shells.output.subscribe(
      { shell },
      {
        onData(piece: ShellPiece) {
          if (piece.kind === "output") show(text.push(fromBase64(piece.base64)));
          else over(() => onEnd(piece.exitCode));
        },
        onError: (error) => over(() => onFailed(error)),
      },
    );
    void send();
    const opened = shell;
    return () => {
      if (hasEnded) return;
      // An engine does not end a program whose terminal is gone; a shell at its prompt ends by these two keys.
      const keys = toBase64("\u0003\u0004");
      void shells.write
        .mutate({ shell: opened, base64: keys })
        .catch(() => undefined)
        .finally(() => subscription.unsubscribe());
    };
  }
  return {
    connect(size, show) {
      const opened = open(size, show);
      opened.catch((error: unknown) => over(() => onFailed(error)));
      return () => {
        isOver = true;
        // A shell that was still being opened is closed as soon as it is open; one that failed was told of above.
        void opened.then((leave) => leave()).catch(() => undefined);
      };
    },
    onType: (text) => type(toBase64(text)),
    onBinary: (binary) => type(binaryToBase64(binary)),
    onResize(size) {
      if (shell === null || isOver) return;
      // A terminal of the wrong size is no reason to end what runs in it.
      shells.resize.mutate({ shell, ...size }).catch(() => undefined);
    },
  };
}
