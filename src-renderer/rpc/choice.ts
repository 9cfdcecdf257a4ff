import { createStore, type StoreApi } from "zustand/vanilla";

export interface ChoiceDeps {
  /** Runs once what was put into the cache has reached those who read it. */
  readonly later: (step: () => void) => void;
  readonly onRefused: (error: unknown) => void;
}

export interface ChoiceState<T> {
  /** What a person chose, until the core has told what is stored; null when nothing is on its way. */
  readonly chosen: { readonly value: T } | null;
  readonly actions: {
    /**
     * Shows the value at once and has it stored. `store` resolves when its answer is in the cache. Of several quick
     * choices, those between the first and the last are left out; a refusal takes back all of them.
     */
    choose(value: T, store: (value: T) => Promise<void>): void;
  };
}

/** A choice that is shown before it is stored: a switch has to be over when the event that moved it is over. */
export function createChoice<T>({ later, onRefused }: ChoiceDeps): StoreApi<ChoiceState<T>> {
  let isStoring = false;
  let next: (() => Promise<void>) | null = null;
  return createStore<ChoiceState<T>>()((set) => {
    // One call at a time, or the core could hear the last choice before the first.
    async function storeAll(): Promise<void> {
      try {
        while (next !== null) {
          const call = next;
          next = null;
          await call();
        }
      } catch (error) {
        next = null;
        onRefused(error);
      }
      isStoring = false;
      later(() => {
        if (!isStoring) set({ chosen: null });
      });
    }
    return {
      chosen: null,
      actions: {
        choose(value, store) {
          set({ chosen: { value } });
          next = () => store(value);
          if (isStoring) return;
          isStoring = true;
          void storeAll();
        },
      },
    };
  });
}
