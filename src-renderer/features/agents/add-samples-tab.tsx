import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Agent, SampleAgent } from "#contract/agent.ts";
import { useCommand, useRpc, useSamples } from "../../rpc/index.ts";
import { ErrorPanel, parts } from "../../ui/index.ts";
import { showFailure } from "../../workbench/index.ts";
import classes from "./agents.module.css";

export interface SamplesTabProps {
  readonly onAdded: (agent: Agent) => void;
}

/** Sample agents, each added with one click. */
export function SamplesTab({ onAdded }: SamplesTabProps) {
  const { t } = useTranslation(["agents", "common"]);
  const samples = useSamples();
  if (samples.failure !== null) return <ErrorPanel failure={samples.failure} onRetry={samples.refetch} />;
  return (
    <>
      <p className={parts["dimmed"]}>{t("add.samplesHint")}</p>
      <ul className={classes.samples}>
        {samples.data?.map((sample) => (
          <Sample key={sample.name} sample={sample} onAdded={onAdded} />
        ))}
      </ul>
    </>
  );
}

function Sample({ sample, onAdded }: SamplesTabProps & { readonly sample: SampleAgent }) {
  const { t } = useTranslation(["agents", "common"]);
  const rpc = useRpc();
  const add = useCommand(() => rpc.agents.addSample.mutate({ sample: sample.name }), {
    onDone: onAdded,
    onFailure: showFailure,
  });
  return (
    <li>
      <div>
        <strong>{sample.name}</strong>
        <span className={classes.class}>{t(`common:class.${sample.class}`)}</span>
        <p>{sample.description}</p>
      </div>
      <Button
        variant="default"
        loading={add.isBusy}
        aria-label={t("add.addSampleNamed", { sample: sample.name })}
        onClick={() => add.run(undefined)}
      >
        {t("add.addSample")}
      </Button>
    </li>
  );
}
