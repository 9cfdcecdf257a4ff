import { type ComponentType, lazy, type ReactNode, Suspense } from "react";

/** A part of the page whose code is loaded when it is first shown, or before by `load`. Stands inside `<Later>`. */
export type LazyPart<Props extends object> = ComponentType<Props> & {
  /** Loads the code ahead of time, so that it is here when the core is not. */
  readonly load: () => Promise<unknown>;
};

export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  return Object.assign(lazy(async () => ({ default: await load() })) as ComponentType<Props>, { load });
}

/** Shows nothing until the code of its parts is here: it is on this computer, and what comes and goes only flickers. */
export function Later({ children }: { readonly children: ReactNode }) {
  return <Suspense fallback={null}>{children}</Suspense>;
}
