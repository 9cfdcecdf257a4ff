import type { CDPSession, Page } from "@playwright/test";

/** How a page did while something went on. */
export interface Smoothness {
  readonly p95FrameMs: number;
  readonly longTasks: number;
  readonly longestTaskMs: number;
  /** The most the page's memory held. */
  readonly heapMb: number;
}

const SAMPLE_MS = 250;

/** Counts frames and long tasks in the page, and looks at its memory, while `act` goes on. */
export async function watchPage(page: Page, act: () => Promise<void>): Promise<Smoothness> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  let heapMb = 0;
  const sampling = setInterval(() => {
    void heapOf(cdp).then((size) => {
      heapMb = Math.max(heapMb, size);
    });
  }, SAMPLE_MS);
  await page.evaluate(startWatching);
  try {
    await act();
  } finally {
    clearInterval(sampling);
  }
  heapMb = Math.max(heapMb, await heapOf(cdp));
  await cdp.detach();
  return { ...(await page.evaluate(endWatching)), heapMb };
}

async function heapOf(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return (metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? 0) / 2 ** 20;
}

interface Seen {
  frames: number[];
  tasks: number[];
  isOn: boolean;
}

function startWatching(): void {
  const seen: Seen = { frames: [], tasks: [], isOn: true };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.tasks.push(entry.duration);
  }).observe({ type: "longtask" });
  let before = performance.now();
  const frame = (now: number) => {
    seen.frames.push(now - before);
    before = now;
    if (seen.isOn) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function endWatching(): Omit<Smoothness, "heapMb"> {
  const { seen } = globalThis as unknown as { seen: Seen };
  seen.isOn = false;
  const frames = seen.frames.slice(1).sort((a, b) => a - b);
  return {
    p95FrameMs: frames[Math.floor(frames.length * 0.95)] ?? Number.NaN,
    longTasks: seen.tasks.length,
    longestTaskMs: Math.max(0, ...seen.tasks),
  };
}

/** Milliseconds from a press of the button to the first frame that shows the answer. */
export async function answerTime(page: Page, button: string): Promise<number> {
  const target = page.getByRole("button", { name: button });
  const answered = target.evaluate(
    (element) =>
      new Promise<number>((resolve) => {
        const before = element.getAttribute("aria-pressed");
        let pressedAt = 0;
        element.addEventListener(
          "pointerdown",
          (event) => {
            pressedAt = event.timeStamp;
          },
          { once: true },
        );
        new MutationObserver((_records, observer) => {
          if (element.getAttribute("aria-pressed") === before) return;
          observer.disconnect();
          requestAnimationFrame((now) => resolve(now - pressedAt));
        }).observe(element, { attributes: true });
      }),
  );
  const box = await target.boundingBox();
  if (box === null) throw new Error(`No button ${button}`);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  return await answered;
}
