import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "#core/clock.ts";
import { FRAME_HEADER_BYTES } from "#core/spool/frame.ts";
import {
  type ExitRecord,
  encodeRecord,
  type ProcessIdentity,
  type StartedRecord,
} from "#core/spool/record.ts";
import { createMasks, type MaskedOutput } from "../../shared/masked-output.ts";
import { SpoolWriter } from "../../shared/spool-writer.ts";
import { countMemoryKills, removeGroups } from "../cgroup-group.ts";
import type { ProcessTable } from "../process-table.ts";
import { endTree } from "../process-tree.ts";
import { type RunOrder, SPOOL_FOLDER, type SupervisorAnswer, WATCH_FOLDER } from "./order.ts";
import { closeEnd, type PipeEnds, type PipeReader, type PipeStock, readPipe } from "./output-pipe.ts";
import {
  descriptorNumbers,
  feedDescriptors,
  removePrivateFiles,
  writePrivateFiles,
} from "./private-files.ts";
import { TreeWatch } from "./tree-watch.ts";

/** Time for killing what the main process left behind, and then for its pipes to close. */
const END_TREE_MS = 2_000;
const LAST_BYTES_MS = 500;

export interface SupervisedRunDeps {
  readonly order: RunOrder;
  readonly supervisor: ProcessIdentity;
  readonly pipes: PipeStock;
  readonly table: ProcessTable;
  readonly clock: Clock;
  readonly answer: (answer: SupervisorAnswer) => void;
}

/**
 * Starts the process of an order, writes everything it says into the spool and returns when it has ended,
 * its whole tree is gone and its exit is on the disk.
 */
export async function superviseRun(deps: SupervisedRunDeps): Promise<void> {
  const { order, answer, table, clock } = deps;
  const pair = await deps.pipes.takePair();
  const ended = Promise.withResolvers<{ exitCode: number | null; signal: string | null }>();
  const launched = launchWithSecrets(order, pair);
  pair?.forEach(({ writeFd }) => {
    closeEnd(writeFd);
  });
  const child = launched instanceof Error ? null : launched;
  if (child?.pid === undefined) {
    pair?.forEach(({ readFd }) => {
      closeEnd(readFd);
    });
    const { code = "", message } = launched instanceof Error ? launched : await failureOf(launched);
    removePrivateFiles(order.secrets);
    answer({ type: "refused", code, problem: message });
    return;
  }
  child.once("exit", (exitCode, signal) => ended.resolve({ exitCode, signal }));
  // Our own child keeps its number until we have waited for it, so this cannot be another process.
  const root = (await table.identify(child.pid)) ?? { pid: child.pid, startTime: "gone" };
  const startedAtMs = clock.nowMs();
  const started: StartedRecord = {
    runId: order.runId,
    process: root,
    supervisor: deps.supervisor,
    bootId: await table.bootId(),
    startedAtMs,
    limits: order.limits,
    cgroups: order.cgroups,
    graceMs: order.graceMs,
  };
  const readers: PipeReader[] = [];
  const masks: MaskedOutput[] = [];
  const writer = new SpoolWriter({
    folder: join(order.folder, SPOOL_FOLDER),
    rotateBytes: order.rotateBytes,
    clock,
    opening: { atMs: startedAtMs, payload: encodeRecord(started) },
    onFree: () => {
      for (const reader of readers) reader.resume();
    },
  });
  writer.append("started", encodeRecord(started));
  masks.push(...createMasks(order.secrets?.masked ?? [], writer));
  readers.push(...openReaders(child, pair, { writer, masks }));
  answer({ type: "started", record: started });

  const watchWriter = createWatchWriter(order, clock);
  const watch = new TreeWatch({ root, table, writer: watchWriter, clock });
  watch.start();
  const exit = await ended.promise;
  const endedAtMs = clock.nowMs();
  watch.end();
  await endOutput({ deps, root, readers, writer, recorded: watch.recorded });
  for (const mask of masks) mask.end();
  removePrivateFiles(order.secrets);
  const record: ExitRecord = { ...exit, cause: causeOf(exit, order.cgroups), endedAtMs };
  writer.append("exit", encodeRecord(record));
  await writer.sync();
  writer.close();
  watchWriter.close();
  await removeGroups(order.cgroups);
}

/** Private files are there before the process is; what cannot be handed over keeps the run from starting. */
function launchWithSecrets(
  order: RunOrder,
  pair: readonly [PipeEnds, PipeEnds] | null,
): ChildProcess | NodeJS.ErrnoException {
  const { secrets } = order;
  if (secrets === undefined) return launch(order, pair, order.env);
  try {
    const env = {
      ...order.env,
      ...secrets.env,
      ...writePrivateFiles(secrets),
      ...descriptorNumbers(secrets),
    };
    const child = launch(order, pair, env);
    if (!(child instanceof Error)) feedDescriptors(child, secrets);
    return child;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

/** Node reports some refusals by throwing (a command that is too long) and some by an event. */
function launch(
  order: RunOrder,
  pair: readonly [PipeEnds, PipeEnds] | null,
  env: Readonly<Record<string, string>>,
): ChildProcess | NodeJS.ErrnoException {
  const [program = "", ...args] = order.command;
  const more = (order.secrets?.descriptors ?? []).map(() => "pipe" as const);
  try {
    return spawn(program, args, {
      cwd: order.workFolder,
      env,
      // An own session and process group, so that a signal to the group is a signal to the run.
      detached: true,
      windowsHide: true,
      stdio: ["ignore", pair?.[0].writeFd ?? "pipe", pair?.[1].writeFd ?? "pipe", ...more],
    });
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

async function failureOf(child: ChildProcess): Promise<NodeJS.ErrnoException> {
  const failure = Promise.withResolvers<NodeJS.ErrnoException>();
  child.once("error", failure.resolve);
  return failure.promise;
}

function openReaders(
  child: ChildProcess,
  pair: readonly [PipeEnds, PipeEnds] | null,
  { masks, writer }: { readonly masks: readonly MaskedOutput[]; readonly writer: SpoolWriter },
): readonly PipeReader[] {
  return (["stdout", "stderr"] as const).map((stream, index) =>
    readPipe(pair?.[index]?.readFd ?? (child[stream] as Socket), FRAME_HEADER_BYTES, (whole) => {
      const mask = masks[index];
      if (mask === undefined) writer.appendInPlace(stream, whole);
      else mask.take(whole.subarray(FRAME_HEADER_BYTES));
      return !writer.isBlocked;
    }),
  );
}

/** Few bytes per second, kept whole; no second file ever begins. */
function createWatchWriter(order: RunOrder, clock: Clock): SpoolWriter {
  return new SpoolWriter({
    folder: join(order.folder, WATCH_FOLDER),
    rotateBytes: Number.POSITIVE_INFINITY,
    clock,
    opening: null,
    onFree: () => undefined,
  });
}

/**
 * The main process has ended. Its children may go on writing for a moment, then they are ended too: a run
 * owns its tree, and a process that nobody shows any more is an orphan.
 */
async function endOutput(end: {
  readonly deps: SupervisedRunDeps;
  readonly root: ProcessIdentity;
  readonly readers: readonly PipeReader[];
  readonly writer: SpoolWriter;
  readonly recorded: readonly ProcessIdentity[];
}): Promise<void> {
  const { order, table } = end.deps;
  const closed = Promise.all(end.readers.map((reader) => reader.ended));
  await withinUnlessBlocked(closed, order.drainMs, end.writer);
  const marks = { runId: order.runId, root: end.root, recorded: end.recorded, cgroups: order.cgroups };
  await endTree(table, marks, END_TREE_MS);
  await withinUnlessBlocked(closed, LAST_BYTES_MS, end.writer);
  for (const reader of end.readers) reader.drop();
}

/** Waits for `done`, at most `limitMs`; time during which the disk refuses does not count. */
async function withinUnlessBlocked(
  done: Promise<unknown>,
  limitMs: number,
  writer: SpoolWriter,
): Promise<void> {
  let isDone = false;
  const marked = done.then(() => {
    isDone = true;
  });
  do {
    const timer = new AbortController();
    await Promise.race([marked, wait(limitMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  } while (!isDone && writer.isBlocked);
}

function causeOf(
  exit: { readonly exitCode: number | null; readonly signal: string | null },
  cgroups: readonly string[],
): ExitRecord["cause"] {
  if (exit.exitCode === 0) return "ended";
  return countMemoryKills(cgroups) > 0 ? "out-of-memory" : "ended";
}
