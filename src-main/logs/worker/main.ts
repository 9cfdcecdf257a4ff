import { parentPort } from "node:worker_threads";
import { AppError } from "#contract/errors.ts";
import { toDataError } from "#main/platform/index.ts";
import { sealSegment } from "../seal-segment.ts";
import { SearchDesk } from "../search-desk.ts";
import type { Answered, Asked } from "./messages.ts";

const port = parentPort;
if (port === null) throw new Error("this file runs as a worker thread");

const desk = new SearchDesk();

async function answer(asked: Asked): Promise<unknown> {
  if (isSeal(asked)) return await sealSegment(asked.job);
  return isSearch(asked) ? await desk.search(asked.job) : undefined;
}

function isSeal(asked: Asked): asked is Asked<"seal"> {
  return asked.kind === "seal";
}

function isSearch(asked: Asked): asked is Asked<"search"> {
  return asked.kind === "search";
}

function failureOf(error: unknown, folder: string): Answered {
  const known = toDataError(error, folder);
  if (known instanceof AppError) return { type: "failed", error: known.toWire() };
  return { type: "bug", stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

// One job at a time: whoever asks waits for the answer before the next one.
port.on("message", async (asked: Asked) => {
  let message: Answered;
  try {
    message = { type: "done", result: await answer(asked) };
  } catch (error) {
    message = failureOf(error, asked.job.folder);
  }
  port.postMessage(message);
});
