import type { LineStretch, LogStream, ReadLine } from "#contract/log.ts";
import type { LineReading } from "#core/log-encoding.ts";
import { firstWhere } from "./block-ref.ts";
import { decodeLine } from "./line-text.ts";
import { type LogPiece, PieceSplitter } from "./log-piece.ts";
import type { LogState } from "./log-state.ts";
import { blockOfLine } from "./log-views.ts";
import { PieceSource } from "./piece-source.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** A line, known by its end. */
interface KnownLine {
  readonly number: number;
  readonly stream: LogStream;
  readonly sizeBytes: number;
  /** The block that completes it. */
  readonly block: number;
  /** Its bytes in the blocks before that one. */
  readonly carriedBytes: number;
}

/** Where to begin reading for a place in a line. */
interface Start {
  readonly block: number;
  /** Bytes of the line in the blocks before this one. */
  readonly carriedBytes: number;
}

/** A stretch of a line of any length; null when there is no such line. */
export async function readStretch(
  state: LogState,
  { number, fromByte, mostBytes }: Pick<ReadLine, "number" | "fromByte" | "mostBytes">,
  reading: LineReading,
): Promise<LineStretch | null> {
  const line = await findLine(state, number);
  if (line === null) return null;
  const { sizeBytes } = line;
  const from = Math.min(fromByte, sizeBytes);
  const bytes = await readBytes(state, line, { from, most: mostBytes });
  const isLast = from + bytes.length >= sizeBytes || bytes.length === 0;
  const kept = isLast ? withoutReturn(bytes) : wholeCharacters(bytes, reading);
  return {
    text: decodeLine(kept, reading),
    nextByte: isLast ? null : from + kept.length,
    sizeBytes,
  };
}

async function findLine(state: LogState, number: number): Promise<KnownLine | null> {
  if (number > state.lineCount) return null;
  const block = blockOfLine(state, number);
  await using source = new PieceSource(state, block);
  const begin = await source.begin();
  const splitter = new PieceSplitter(begin);
  const ended = new Set<LogStream>();
  const found: KnownLine[] = [];
  while (found.length === 0) {
    const pieces = await source.read();
    if (pieces.length === 0) return null;
    for (const piece of pieces) {
      splitter.feed(piece, ({ number: ownNumber, stream, sizeBytes }) => {
        const carriedBytes = ended.has(stream) ? 0 : begin.splitter[stream].sizeBytes;
        if (ownNumber === number) found.push({ number, stream, sizeBytes, block, carriedBytes });
        ended.add(stream);
      });
    }
  }
  return found[0] ?? null;
}

/** Bytes of the line from `from` on. */
async function readBytes(
  state: LogState,
  line: KnownLine,
  { from, most }: { from: number; most: number },
): Promise<Buffer> {
  const start = await startFor(state, line, from);
  await using source = new PieceSource(state, start.block);
  const gathering = new Gathering(line, { from, most, carriedBytes: start.carriedBytes });
  const splitter = new PieceSplitter(await source.begin());
  const firstBytes = state.blocks[start.block]?.payloadBytes ?? 0;
  let readBytes = 0;
  // Behind the first block no other line of this stream can be meant.
  const isDone = () =>
    splitter.lineCount >= line.number ||
    (gathering.isFull && (start.carriedBytes > 0 || readBytes >= firstBytes));
  for (let pieces = await source.read(); pieces.length > 0; pieces = await source.read()) {
    for (const piece of pieces) {
      gathering.take(piece, splitter.lineCount);
      splitter.feed(piece);
      readBytes += piece.kind === "bytes" ? piece.payload.length : 0;
      if (isDone()) return gathering.bytes();
    }
  }
  return gathering.bytes();
}

/** Goes back from the line's end, as far as the index allows at once, to the block that holds its byte `from`. */
async function startFor(state: LogState, line: KnownLine, from: number): Promise<Start> {
  let start: Start = { block: line.block, carriedBytes: line.carriedBytes };
  while (start.carriedBytes > from) start = await earlier(state, { start, stream: line.stream, from });
  return start;
}

async function earlier(
  state: LogState,
  { start, stream, from }: { start: Start; stream: LogStream; from: number },
): Promise<Start> {
  const { blocks } = state;
  // Were all bytes between of this line, the place would lie here; it lies no later.
  const position = (blocks[start.block]?.payloadBefore ?? 0) - (start.carriedBytes - from);
  const holding = firstWhere(blocks, (ref) => ref.payloadBefore + ref.payloadBytes > position);
  const wanted = Math.max(0, Math.min(start.block - 1, holding));
  for (let block = start.block - 1; block >= wanted; block -= 1) {
    const isEmpty = blocks[block]?.lineCount === 0;
    if (!isEmpty && (await endsLine(state, block, stream))) return { block, carriedBytes: 0 };
  }
  await using source = new PieceSource(state, wanted);
  return { block: wanted, carriedBytes: (await source.begin()).splitter[stream].sizeBytes };
}

/** Whether a line of the stream ends in the block. */
async function endsLine(state: LogState, block: number, stream: LogStream): Promise<boolean> {
  await using source = new PieceSource(state, block);
  await source.begin();
  let left = state.blocks[block]?.payloadBytes ?? 0;
  while (left > 0) {
    const pieces = await source.read();
    if (pieces.length === 0) return false;
    for (const piece of pieces) {
      if (left > 0 && endsIn(piece, stream)) return true;
      left -= piece.kind === "bytes" ? piece.payload.length : 0;
    }
  }
  return false;
}

function endsIn(piece: LogPiece, stream: LogStream): boolean {
  return piece.kind !== "bytes" || (piece.stream === stream && piece.payload.includes(LINE_FEED));
}

/** Gathers a stretch of one line out of the pieces around it. */
class Gathering {
  readonly #line: KnownLine;
  readonly #from: number;
  #parts: Uint8Array[] = [];
  readonly #most: number;
  #room: number;
  /** Bytes seen of the line that is open now. */
  #seen: number;

  constructor(
    line: KnownLine,
    { from, most, carriedBytes }: { from: number; most: number; carriedBytes: number },
  ) {
    this.#line = line;
    this.#most = most;
    this.#room = most;
    this.#from = from;
    this.#seen = carriedBytes;
  }

  get isFull(): boolean {
    return this.#room === 0;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** `linesBefore`: lines that were completed before this piece. */
  take(piece: LogPiece, linesBefore: number): void {
    if (piece.kind !== "bytes" || piece.stream !== this.#line.stream) return;
    const { payload } = piece;
    let from = 0;
    let number = linesBefore;
    for (let end = payload.indexOf(LINE_FEED); end !== -1; end = payload.indexOf(LINE_FEED, from)) {
      this.#add(payload.subarray(from, end));
      number += 1;
      from = end + 1;
      if (number === this.#line.number) return;
      this.#forget();
    }
    this.#add(payload.subarray(from));
  }

  #add(bytes: Uint8Array): void {
    const skipped = Math.max(0, this.#from - this.#seen);
    const wanted = bytes.subarray(skipped, skipped + this.#room);
    this.#seen += bytes.length;
    if (wanted.length === 0) return;
    this.#parts.push(Buffer.from(wanted));
    this.#room -= wanted.length;
  }

  /** What was gathered belongs to another line. */
  #forget(): void {
    this.#parts = [];
    this.#room = this.#most;
    this.#seen = 0;
  }
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}

/** Up to the last character that is whole; all of it where there is none to be seen. */
function wholeCharacters(bytes: Buffer, { page, wide }: LineReading): Buffer {
  if (wide !== null) return bytes.subarray(0, bytes.length & ~3);
  if (page !== null) return bytes;
  for (let back = 1; back <= 4 && back < bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return byte < 0xc0 ? bytes : bytes.subarray(0, bytes.length - back);
  }
  return bytes;
}
