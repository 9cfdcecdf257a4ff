import { useTranslation } from "react-i18next";
import type { Engine } from "#contract/engine.ts";
import type { Failure } from "../../rpc/index.ts";
import { EmptyState, ErrorPanel } from "../../ui/index.ts";

interface TabFailureProps {
  readonly engine: Engine;
  readonly failure: Failure;
  readonly onRetry: () => void;
}

/** In the place of a list that could not be read. That the engine does not answer is said above already. */
export function TabFailure({ engine, failure, onRetry }: TabFailureProps) {
  const { t } = useTranslation("engines");
  if (engine.state !== "not-answering") return <ErrorPanel failure={failure} onRetry={onRetry} />;
  return <EmptyState title={t("notKnown.title")} hint={t("notKnown.hint")} />;
}
