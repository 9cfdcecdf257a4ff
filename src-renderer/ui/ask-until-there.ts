const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/**
 * Asks again for as long as nothing comes. The core that hands out the parts of the page may be gone for a while, and
 * whoever was told so once would show a broken part for ever.
 */
export async function askUntilThere<T>(
  ask: () => Promise<T>,
  after: (delayMs: number, action: () => void) => void,
): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return await ask();
    } catch {
      // Whether the core is away or the part is not there any more, the page says that it waits, and how to load it anew.
      await new Promise<void>((resolve) => after(pauseMs, resolve));
    }
  }
}
