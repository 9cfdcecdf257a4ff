import { Button, Tabs } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "wouter";
import type { Engine, EngineId } from "#contract/engine.ts";
import { keys, useCommand, useLiveEngines, useRpc } from "../../rpc/index.ts";
import { ErrorPanel, Page, PageHeader } from "../../ui/index.ts";
import { showFailure } from "../../workbench/index.ts";
import { EngineBadge } from "./container-state.tsx";
import { ContainersTab } from "./containers-tab.tsx";
import { EngineTrouble } from "./engine-trouble.tsx";
import { useEngineSummary } from "./engine-words.ts";
import css from "./engines.module.css";
import { ImagesTab } from "./images-tab.tsx";
import { NoSuchEngine } from "./no-such-engine.tsx";
import { NetworksTab, VolumesTab } from "./volumes-tab.tsx";

/** Containers, images, volumes and networks of one engine. */
export function EnginePage({ id }: { readonly id: EngineId }) {
  const engines = useLiveEngines();
  if (engines.failure !== null) {
    return (
      <Page header={<PageHeader title={id} />}>
        <ErrorPanel failure={engines.failure} onRetry={engines.refetch} />
      </Page>
    );
  }
  if (engines.data === undefined) return null;
  const engine = engines.data.find((each) => each.id === id);
  if (engine !== undefined) return <Known engine={engine} />;
  return <NoSuchEngine engine={id} />;
}

const TABS = ["containers", "images", "volumes", "networks"] as const;

function Known({ engine }: { readonly engine: Engine }) {
  const { t } = useTranslation("engines");
  const rpc = useRpc();
  const cache = useQueryClient();
  const summaryOf = useEngineSummary();
  const [params, setParams] = useSearchParams();
  const tab = TABS.find((each) => each === params.get("tab")) ?? "containers";
  const look = useCommand((id: EngineId) => rpc.engines.look.mutate({ engine: id }), {
    onDone: () => void cache.invalidateQueries({ queryKey: keys.engineList }),
    onFailure: showFailure,
  });
  return (
    <Page
      isFilling
      header={
        <PageHeader
          title={engine.id}
          note={
            <span className={css["note"]}>
              <EngineBadge engine={engine} />
              <span>{summaryOf(engine)}</span>
              {engine.offersGpus && <span>{t("offersGpus")}</span>}
            </span>
          }
          actions={
            <Button
              variant="default"
              leftSection={<IconRefresh size={14} />}
              loading={look.isBusy}
              onClick={() => look.run(engine.id)}
            >
              {t("look")}
            </Button>
          }
        />
      }
    >
      {engine.state === "not-answering" && (
        <EngineTrouble engine={engine} isLooking={look.isBusy} onLook={() => look.run(engine.id)} />
      )}
      <Tabs
        value={tab}
        onChange={(next) => setParams(next === "containers" || next === null ? {} : { tab: next })}
        className={css["tabs"]}
        keepMounted={false}
      >
        <Tabs.List aria-label={t("tabs")}>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`tab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="containers" className={css["tabBody"]}>
          <ContainersTab engine={engine} />
        </Tabs.Panel>
        <Tabs.Panel value="images" className={css["tabBody"]}>
          <ImagesTab engine={engine} />
        </Tabs.Panel>
        <Tabs.Panel value="volumes" className={css["tabBody"]}>
          <VolumesTab engine={engine} />
        </Tabs.Panel>
        <Tabs.Panel value="networks" className={css["tabBody"]}>
          <NetworksTab engine={engine} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
