import type { LogStream } from "#contract/log.ts";
import { OutputMask } from "#core/masking/output-mask.ts";
import { secretForms } from "#core/masking/secret-forms.ts";
import type { SpoolWriter } from "./spool-writer.ts";

/**
 * What may be the beginning of a secret waits this long for the rest; a prompt must not wait for ever. What is more than a
 * beginning waits until it is certain, or until the run ends.
 */
const HOLD_MS = 1_000;

/**
 * One stream of a run on its way into the spool. Secrets are hidden here, before the first byte reaches a disk, so
 * that neither the spool nor anything made from it ever holds one, whatever becomes of the core.
 */
export class MaskedOutput {
  readonly #stream: LogStream;
  readonly #writer: SpoolWriter;
  readonly #mask: OutputMask;
  #timer: NodeJS.Timeout | null = null;

  constructor(stream: LogStream, writer: SpoolWriter, mask: OutputMask) {
    this.#stream = stream;
    this.#writer = writer;
    this.#mask = mask;
  }

  take(bytes: Uint8Array): void {
    this.#write(this.#mask.push(bytes));
    this.#stopWaiting();
    if (this.#mask.heldBytes > 0) this.#timer = setTimeout(() => this.#write(this.#mask.release()), HOLD_MS);
  }

  /** Nothing follows. */
  end(): void {
    this.#stopWaiting();
    this.#write(this.#mask.flush());
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#writer.append(this.#stream, bytes);
  }

  #stopWaiting(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** One for standard output and one for standard error; none when there is nothing to hide. */
export function createMasks(masked: readonly string[], writer: SpoolWriter): readonly MaskedOutput[] {
  const forms = secretForms(masked);
  if (forms.length === 0) return [];
  return (["stdout", "stderr"] as const).map(
    (stream) => new MaskedOutput(stream, writer, new OutputMask(forms)),
  );
}
