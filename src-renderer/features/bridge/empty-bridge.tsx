import { Button } from "@mantine/core";
import { IconSteeringWheel } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useCommand, useRpc, useSamples } from "../../rpc/index.ts";
import { EmptyState, ErrorPanel } from "../../ui/index.ts";
import { paths, useAllowFirst } from "../../workbench/index.ts";
import { firstSample } from "./bridge-picture.ts";

/** The bridge before anything ran: one sentence, and a sample that is running after one click. */
export function EmptyBridge() {
  const { t } = useTranslation("bridge");
  const { agents, runs } = useRpc();
  const [, navigate] = useLocation();
  const allowFirst = useAllowFirst();
  const sample = firstSample(useSamples().data ?? []);
  const trySample = useCommand(
    async (name: string) => {
      const known = await agents.list.query();
      const agent =
        known.find((each) => each.name === name) ?? (await agents.addSample.mutate({ sample: name }));
      return await allowFirst(agent.name, () => runs.start.mutate({ agent: agent.name }));
    },
    { onDone: (run) => navigate(paths.run(run.id)) },
  );
  return (
    <>
      <EmptyState
        icon={<IconSteeringWheel size={40} stroke={1.25} />}
        title={t("empty.title")}
        hint={t("empty.hint")}
      >
        {sample !== undefined && (
          <Button size="sm" loading={trySample.isBusy} onClick={() => trySample.run(sample.name)}>
            {t("empty.sample", { sample: sample.name })}
          </Button>
        )}
        <Button size="sm" variant="default" onClick={() => navigate(paths.agents)}>
          {t("empty.own")}
        </Button>
      </EmptyState>
      {trySample.failure !== null && <ErrorPanel isInline failure={trySample.failure} />}
    </>
  );
}
