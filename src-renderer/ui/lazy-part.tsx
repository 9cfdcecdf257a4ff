import { Button } from "@mantine/core";
import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { askUntilThere } from "./ask-until-there.ts";
import { EmptyState } from "./empty-state.tsx";

/** A part of the page whose code is loaded when it is first shown, or before by `load`. Stands inside `<Later>`. */
export type LazyPart<Props extends object> = ComponentType<Props> & {
  /** Loads the code ahead of time, so that it is here when the core is not. */
  readonly load: () => Promise<unknown>;
};

export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  const part = lazy(async () => ({ default: await askUntilThere(load, after) }));
  return Object.assign(part as ComponentType<Props>, { load });
}

function after(delayMs: number, action: () => void): void {
  setTimeout(action, delayMs);
}

interface LaterProps {
  readonly children: ReactNode;
  /** For what nobody looks at before it opens: it says nothing of being late. */
  readonly isSilent?: boolean;
}

/** Shows nothing until the code of its parts is here: it is on this computer, and what comes and goes only flickers. */
export function Later({ children, isSilent = false }: LaterProps) {
  return <Suspense fallback={isSilent ? null : <NotYet />}>{children}</Suspense>;
}

/** Long enough for any part to come from a core that is there. */
const PATIENCE_MS = 3_000;

function NotYet() {
  const { t } = useTranslation();
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return null;
  return (
    <EmptyState title={t("error.lateTitle")} hint={t("error.lateHint")}>
      <Button variant="default" onClick={() => window.location.reload()}>
        {t("error.reload")}
      </Button>
    </EmptyState>
  );
}
