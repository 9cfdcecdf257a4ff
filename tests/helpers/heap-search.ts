import type { Page } from "@playwright/test";

/** Which of the values stand in a snapshot of everything the page's JavaScript can still reach. */
export async function findInHeap(page: Page, values: readonly string[]): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const pieces: string[] = [];
    session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => pieces.push(chunk));
    await session.send("HeapProfiler.enable");
    await session.send("HeapProfiler.collectGarbage");
    await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
    const snapshot = pieces.join("");
    if (snapshot.length === 0) throw new Error("the snapshot is empty");
    return values.filter((value) => snapshot.includes(value));
  } finally {
    await session.detach();
  }
}
