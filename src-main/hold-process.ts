/** The longest delay a timer takes. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Timers of the core do not keep its process alive; without this one it could end in the middle of a start. */
export function holdProcess(): Disposable {
  const timer = setInterval(() => undefined, LONGEST_DELAY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
