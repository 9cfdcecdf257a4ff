import type { LoadSample } from "#contract/run.ts";
import { decodeLoad, decodeRecord, type ProcessIdentity, type TreeRecord } from "#core/spool/record.ts";
import { SpoolTail, type TailedFrame } from "../shared/spool-tail.ts";

/** Enough for any chart; a longer history is thinned out evenly. */
const MOST_SAMPLES = 5_000;

export function toSample(frame: TailedFrame): LoadSample {
  return { atMs: frame.atMs, ...decodeLoad(frame.payload) };
}

/** The load history of a run, oldest first. */
export async function readLoadHistory(watchFolder: string): Promise<readonly LoadSample[]> {
  let samples: LoadSample[] = [];
  await eachWatchFrame(watchFolder, (frame) => {
    if (frame.kind === "sample") samples.push(toSample(frame));
    if (samples.length >= 2 * MOST_SAMPLES) samples = samples.filter((_, index) => index % 2 === 0);
  });
  return samples;
}

/** The descendants of a run as its supervisor saw them last. */
export async function readRecordedTree(watchFolder: string): Promise<readonly ProcessIdentity[]> {
  let descendants: readonly ProcessIdentity[] = [];
  await eachWatchFrame(watchFolder, (frame) => {
    if (frame.kind === "tree") ({ descendants } = decodeRecord<TreeRecord>(frame.payload));
  });
  return descendants;
}

async function eachWatchFrame(watchFolder: string, visit: (frame: TailedFrame) => void): Promise<void> {
  const tail = new SpoolTail(watchFolder, { from: null, isTornToldAgain: false });
  try {
    for (let frames = await tail.readMore(); frames.length > 0; frames = await tail.readMore()) {
      for (const frame of frames) visit(frame);
    }
  } finally {
    await tail.close();
  }
}
