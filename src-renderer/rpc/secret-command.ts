import { useCallback, useEffect, useRef, useState } from "react";
import { type Failure, toFailure } from "./failure.ts";

/** A call that carries a secret. */
export interface SecretCommand<TAnswer> {
  /** Asks once; the call is dropped as soon as it was answered. */
  readonly run: (call: () => Promise<TAnswer>) => void;
  readonly isBusy: boolean;
  readonly failure: Failure | null;
  readonly reset: () => void;
}

/**
 * Like `useCommand`, for calls that carry a secret: what was sent is kept in no cache, so that nothing of it
 * stays in the page once the call was answered.
 */
export function useSecretCommand<TAnswer>(onDone: (answer: TAnswer) => void): SecretCommand<TAnswer> {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  });
  const run = useCallback((call: () => Promise<TAnswer>) => {
    setBusy(true);
    setFailure(null);
    call().then(
      (answer) => {
        setBusy(false);
        done.current(answer);
      },
      (error: unknown) => {
        setBusy(false);
        setFailure(toFailure(error));
      },
    );
  }, []);
  const reset = useCallback(() => setFailure(null), []);
  return { run, isBusy, failure, reset };
}
