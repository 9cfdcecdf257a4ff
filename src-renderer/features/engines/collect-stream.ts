/** One stream of the core, as its subscriptions are called. */
export interface StreamObserver<T> {
  readonly onData: (data: T) => void;
  readonly onComplete: () => void;
  readonly onError: (error: unknown) => void;
}

interface Stream<T> {
  readonly subscribe: (observer: StreamObserver<T>) => { unsubscribe(): void };
  readonly onData: (data: T) => void;
  readonly signal: AbortSignal;
}

/** Resolves when the stream has ended; rejects when it failed or is not wanted any more. */
export function collectStream<T>({ subscribe, onData, signal }: Stream<T>): Promise<void> {
  return new Promise((resolve, reject) => {
    const subscription = subscribe({ onData, onComplete: resolve, onError: reject });
    signal.addEventListener(
      "abort",
      () => {
        subscription.unsubscribe();
        reject(signal.reason);
      },
      { once: true },
    );
  });
}
