/** Destroys `stream` when `signal` aborts, or when the result is disposed, so that no connection stays open. */
export function hangUpOn(signal: AbortSignal, stream: unknown): Disposable {
  const hangUp = () => {
    if (isDestroyable(stream)) stream.destroy();
  };
  signal.addEventListener("abort", hangUp, { once: true });
  if (signal.aborted) hangUp();
  return {
    [Symbol.dispose]: () => {
      signal.removeEventListener("abort", hangUp);
      hangUp();
    },
  };
}

function isDestroyable(stream: unknown): stream is { destroy(): void } {
  return typeof stream === "object" && stream !== null && "destroy" in stream;
}
