import type { LimitReport } from "#contract/run.ts";

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in the system's own units (Linux: clock ticks since boot); only ever compared. */
  readonly startTime: string;
}

/** Payload of a `started` frame. */
export interface StartedRecord {
  readonly runId: string;
  readonly process: ProcessIdentity;
  readonly supervisor: ProcessIdentity;
  /** Identity of the boot; differs after the computer was restarted. */
  readonly bootId: string;
  readonly startedAtMs: number;
  /** Limits as reported to the user. */
  readonly limits: readonly LimitReport[];
  /** Control group folders of the run; removed when it has ended. */
  readonly cgroups: readonly string[];
  readonly graceMs: number;
}

/** Payload of a `tree` frame: every process of the run but the first, as far as it was seen. */
export interface TreeRecord {
  readonly descendants: readonly ProcessIdentity[];
}

/** Payload of an `exit` frame. */
export interface ExitRecord {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly cause: "ended" | "out-of-memory";
  readonly endedAtMs: number;
}

/** JSON in pure ASCII, so that it can be cut into bytes without a text encoder. */
export function encodeRecord(record: StartedRecord | TreeRecord | ExitRecord): Uint8Array {
  const text = JSON.stringify(record).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** The payload came through a checksum, so its shape is what was written. */
export function decodeRecord<T extends StartedRecord | TreeRecord | ExitRecord>(payload: Uint8Array): T {
  let text = "";
  for (const byte of payload) text += String.fromCharCode(byte);
  return JSON.parse(text) as T;
}

/** Load of a run's tree at one moment; the time stands in the frame. */
export interface SpooledLoad {
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly processCount: number;
}

export function encodeLoad(load: SpooledLoad): Uint8Array {
  const payload = new Uint8Array(20);
  const view = new DataView(payload.buffer);
  view.setFloat64(0, load.cpuCores, true);
  view.setFloat64(8, load.memoryBytes, true);
  view.setUint32(16, load.processCount, true);
  return payload;
}

export function decodeLoad(payload: Uint8Array): SpooledLoad {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return {
    cpuCores: view.getFloat64(0, true),
    memoryBytes: view.getFloat64(8, true),
    processCount: view.getUint32(16, true),
  };
}
