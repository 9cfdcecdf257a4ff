import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { SampleAgent } from "#contract/agent.ts";
import { THIS_COMPUTER } from "#contract/ids.ts";
import { useCommand, useLiveTarget, useRpc, useSamples } from "../../rpc/index.ts";
import { ErrorPanel } from "../../ui/index.ts";
import { paths, showFailure, useAllowFirst, usePreferences } from "../../workbench/index.ts";
import { AppearanceFields } from "../settings/index.tsx";
import { TargetFacts, TargetState, TargetWarnings } from "../targets/index.tsx";
import { VaultPanel } from "../vault/index.tsx";
import classes from "./welcome.module.css";

const STEPS = ["look", "computer", "sample"] as const;

/** The first start: three steps at most, each can be skipped; the goal is a sample agent that runs. */
export function WelcomePage() {
  const { t } = useTranslation("welcome");
  const [, navigate] = useLocation();
  const { change } = usePreferences();
  const [index, setIndex] = useState(0);
  const step = STEPS[index] ?? "sample";
  const leave = (address: string) => {
    change({ hasSeenWelcome: true });
    navigate(address);
  };
  return (
    <div className={classes.page}>
      <section className={classes.card} aria-label={t("steps")}>
        <h1>{t("title")}</h1>
        <p className={classes.lead}>{t("lead")}</p>
        <ol className={classes.steps} aria-label={t("step", { step: index + 1, count: STEPS.length })}>
          {STEPS.map((each, position) => (
            <li
              key={each}
              aria-current={position === index ? "step" : undefined}
              data-done={position < index || undefined}
            >
              <span aria-hidden="true">{position < index ? "✓" : position + 1}</span>
              {t(`${each}.title`)}
            </li>
          ))}
        </ol>
        <div className={classes.body}>
          <p className={classes.hint}>{t(`${step}.hint`)}</p>
          {step === "look" && <AppearanceFields />}
          {step === "computer" && <ThisComputer />}
          {step === "computer" && <Secrets />}
          {step === "sample" && <Samples onLeave={leave} />}
        </div>
        <div className={classes.foot}>
          <Button variant="subtle" onClick={() => leave(paths.bridge)}>
            {t("skip")}
          </Button>
          <span className={classes.grow} />
          {index > 0 && (
            <Button variant="default" onClick={() => setIndex(index - 1)}>
              {t("back")}
            </Button>
          )}
          {index < STEPS.length - 1 && <Button onClick={() => setIndex(index + 1)}>{t("next")}</Button>}
        </div>
      </section>
    </div>
  );
}

function ThisComputer() {
  const { t } = useTranslation("welcome");
  const target = useLiveTarget(THIS_COMPUTER);
  if (target.failure !== null) return <ErrorPanel failure={target.failure} onRetry={target.refetch} />;
  if (target.data?.probe == null) return <p>{t("computer.checking")}</p>;
  const { probe } = target.data;
  return (
    <div className={classes.computer}>
      <TargetState target={target.data} />
      {probe.warnings.length > 0 && <TargetWarnings probe={probe} />}
      <TargetFacts probe={probe} />
    </div>
  );
}

/** Where secrets are kept; nothing has to be chosen now. */
function Secrets() {
  const { t } = useTranslation("welcome");
  return (
    <section className={classes.secrets}>
      <h2>{t("computer.secretsTitle")}</h2>
      <p className={classes.hint}>{t("computer.secretsHint")}</p>
      <VaultPanel />
    </section>
  );
}

interface SamplesProps {
  readonly onLeave: (address: string) => void;
}

function Samples({ onLeave }: SamplesProps) {
  const { t } = useTranslation("welcome");
  const samples = useSamples();
  if (samples.failure !== null) return <ErrorPanel failure={samples.failure} onRetry={samples.refetch} />;
  return (
    <>
      {samples.data?.length === 0 && <p>{t("sample.none")}</p>}
      <ul className={classes.samples}>
        {samples.data?.map((sample) => (
          <Sample key={sample.name} sample={sample} onLeave={onLeave} />
        ))}
      </ul>
      <Button variant="subtle" onClick={() => onLeave(`${paths.agents}?add=folder`)}>
        {t("sample.own")}
      </Button>
    </>
  );
}

function Sample({ sample, onLeave }: SamplesProps & { readonly sample: SampleAgent }) {
  const { t } = useTranslation("welcome");
  const rpc = useRpc();
  const allowFirst = useAllowFirst();
  const run = useCommand(
    async () => {
      const agent = await rpc.agents.addSample.mutate({ sample: sample.name });
      return allowFirst(agent.name, () => rpc.runs.start.mutate({ agent: agent.name }));
    },
    { onDone: (started) => onLeave(paths.run(started.id)), onFailure: showFailure },
  );
  return (
    <li>
      <div>
        <strong>{sample.name}</strong>
        <p>{sample.description}</p>
      </div>
      <Button
        variant="default"
        loading={run.isBusy}
        aria-label={t("sample.runNamed", { sample: sample.name })}
        onClick={() => run.run(undefined)}
      >
        {t("sample.run")}
      </Button>
    </li>
  );
}
