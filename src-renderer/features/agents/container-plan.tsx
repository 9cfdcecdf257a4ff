import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ContainerConsent, ContainerPlan as Plan } from "#contract/engine.ts";
import type { AgentName, TargetId } from "#contract/ids.ts";
import { useContainerPlan } from "../../rpc/index.ts";
import { ErrorPanel } from "../../ui/index.ts";
import classes from "./agents.module.css";

interface ContainerPlanProps {
  readonly engine: TargetId;
  readonly agent: AgentName;
  readonly given: readonly ContainerConsent[];
  readonly onGive: (given: readonly ContainerConsent[]) => void;
}

/** How the agent would run on an engine: its image, the Dockerfile that makes it, and what needs a yes first. */
export function ContainerPlan({ engine, agent, given, onGive }: ContainerPlanProps) {
  const { t } = useTranslation("agents");
  const plan = useContainerPlan(engine, agent);
  if (plan.failure !== null) return <ErrorPanel isInline failure={plan.failure} onRetry={plan.refetch} />;
  if (plan.data === undefined) return null;
  return (
    <section className={classes.plan} aria-label={t("plan.label")}>
      <p>
        {t(`plan.${plan.data.build}`)} <code>{plan.data.image}</code>
      </p>
      {plan.data.dockerfile !== null && <Dockerfile plan={plan.data} text={plan.data.dockerfile} />}
      {plan.data.missingConsents.map((consent) => (
        <Checkbox
          key={consent}
          label={t(`plan.consent.${consent}`)}
          description={t(`plan.why.${consent}`)}
          checked={given.includes(consent)}
          onChange={(event) =>
            onGive(
              event.currentTarget.checked ? [...given, consent] : given.filter((each) => each !== consent),
            )
          }
        />
      ))}
    </section>
  );
}

function Dockerfile({ plan, text }: { readonly plan: Plan; readonly text: string }) {
  const { t } = useTranslation("agents");
  return (
    <details open={plan.build === "generated-dockerfile"}>
      <summary>Dockerfile</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a place that scrolls has to be reachable by keyboard */}
      <pre role="log" aria-live="off" aria-label={t("plan.dockerfile")} tabIndex={0}>
        {text}
      </pre>
    </details>
  );
}
