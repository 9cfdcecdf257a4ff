import { Button } from "@mantine/core";
import { IconBox, IconStack2 } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "wouter";
import { CONTAINER_STATES, type Container, type Engine } from "#contract/engine.ts";
import { useLiveContainers, useRpc } from "../../rpc/index.ts";
import {
  CommandLine,
  DataTable,
  EmptyState,
  ErrorPanel,
  parts,
  ResetButton,
  SearchField,
  StateFilter,
} from "../../ui/index.ts";
import { paths } from "../../workbench/index.ts";
import { useContainerColumns } from "./container-columns.tsx";
import {
  type ContainerChoice,
  chooseContainers,
  isChosen,
  NO_CHOICE,
  readChoice,
  writeChoice,
} from "./container-filter.ts";
import css from "./engines.module.css";
import { type ComposeActs, ComposeContext, GroupHeading } from "./group-heading.tsx";
import { JobDialog } from "./job-dialog.tsx";
import { LoadsContext } from "./load-cells.tsx";
import { createLoads, type Loads } from "./loads.ts";
import { SelectionBar } from "./selection-bar.tsx";
import { StackDialog } from "./stack-dialog.tsx";
import { useComposeActs } from "./use-compose-acts.tsx";
import { ActsContext, type ContainerActs, useContainerActs } from "./use-container-acts.tsx";

/** With so few the load of all is known, so that the table can be sorted by it. */
const MOST_SAMPLED = 100;

const keyOf = (container: Container) => container.id;
const groupOf = (container: Container) => container.project ?? "";

export function ContainersTab({ engine }: { readonly engine: Engine }) {
  const { t } = useTranslation("engines");
  const [, navigate] = useLocation();
  const [params, setParams] = useSearchParams();
  const search = params.toString();
  const choice = useMemo(() => readChoice(new URLSearchParams(search)), [search]);
  const choose = (change: Partial<ContainerChoice>) =>
    setParams((current) => writeChoice(current, { ...readChoice(current), ...change }), { replace: true });
  const list = useLiveContainers(engine.id);
  const all = list.data?.containers;
  const shown = useMemo(() => chooseContainers(all ?? [], choice), [all, choice]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const chosen = shown.filter(({ id }) => selected.has(id));
  const acts = useContainerActs(engine.id, () => setSelected(new Set()));
  const loads = useLoads(engine.id, all);
  const columns = useContainerColumns(loads);
  const compose = useComposeActs(engine);
  const [isStacking, setStacking] = useState(false);
  const groups = useMemo(
    () => ({
      groupOf,
      render: (group: string, rows: readonly Container[]) => <GroupHeading name={group} containers={rows} />,
    }),
    [],
  );

  if (list.failure !== null) return <ErrorPanel failure={list.failure} onRetry={list.refetch} />;
  if (list.data === undefined) return null;
  return (
    <Shared acts={acts} loads={loads} compose={compose.acts}>
      <div className={parts["filters"]}>
        <Filters choice={choice} onChoose={choose} />
        {engine.composeTool !== null && (
          <Button
            className={css["stackButton"]}
            variant="default"
            leftSection={<IconStack2 size={14} />}
            onClick={() => setStacking(true)}
          >
            {t("stack.open")}
          </Button>
        )}
      </div>
      {chosen.length > 0 && (
        <SelectionBar containers={chosen} acts={acts} onClear={() => setSelected(new Set())} />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the table inside, which takes the focus */}
      <div className={parts["tableArea"]} onKeyDown={(event) => actOnKey(event, { shown, chosen, acts })}>
        <DataTable
          label={t("tab.containers")}
          columns={columns}
          rows={shown}
          rowKey={keyOf}
          rowName={({ name }) => name}
          onOpen={({ id }) => navigate(paths.container(engine.id, id))}
          selection={{ keys: selected, onChange: setSelected }}
          groups={groups}
          initialSort={{ column: "name", isDescending: false }}
          empty={
            <NoContainers engine={engine} isFiltered={isChosen(choice)} onReset={() => choose(NO_CHOICE)} />
          }
        />
      </div>
      {acts.dialogs}
      <StackDialog
        isOpen={isStacking}
        onClose={() => setStacking(false)}
        onStart={(stack) => {
          setStacking(false);
          compose.run({ ...stack, action: "up" });
        }}
      />
      <JobDialog shown={compose.job} onClose={compose.closeJob} />
    </Shared>
  );
}

interface SharedProps {
  readonly acts: ContainerActs;
  readonly loads: Loads;
  readonly compose: ComposeActs;
  readonly children: ReactNode;
}

/** What the cells of the table read, so that its columns stay the same while it changes. */
function Shared({ acts, compose, loads, children }: SharedProps) {
  return (
    <LoadsContext value={loads}>
      <ActsContext value={acts}>
        <ComposeContext value={compose}>{children}</ComposeContext>
      </ActsContext>
    </LoadsContext>
  );
}

function useLoads(engine: Engine["id"], containers: readonly Container[] | undefined) {
  const rpc = useRpc();
  const loads = useMemo(
    () =>
      createLoads({
        engine,
        follow: (request, onLoad) => {
          const subscription = rpc.engines.containers.load.subscribe(
            { ...request, containers: [...request.containers] },
            // An engine that does not answer is said at the top of the page.
            { onData: onLoad, onError: () => undefined },
          );
          return () => subscription.unsubscribe();
        },
        after: (delayMs, action) => {
          const timer = setTimeout(action, delayMs);
          return () => clearTimeout(timer);
        },
      }),
    [rpc, engine],
  );
  useEffect(() => () => loads.close(), [loads]);
  const running = (containers ?? []).filter(({ state }) => state === "running").map(({ id }) => id);
  const watched = running.length <= MOST_SAMPLED ? running.join() : "";
  useEffect(() => (watched === "" ? undefined : loads.watch(watched.split(","))), [loads, watched]);
  return loads;
}

interface KeyScene {
  readonly shown: readonly Container[];
  readonly chosen: readonly Container[];
  readonly acts: ContainerActs;
}

/** Keys act on what is selected, or on the row that has the focus. */
function actOnKey(event: KeyboardEvent, { acts, chosen, shown }: KeyScene): void {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof Element)) return;
  if (target.closest("input, [role=dialog], [role=menu]") !== null) return;
  const key = target.closest("[data-index]")?.getAttribute("data-key");
  const containers = chosen.length > 0 ? chosen : shown.filter(({ id }) => id === key);
  const [first] = containers;
  if (first === undefined) return;
  const deeds = new Map([
    ["s", () => acts.act(containers, "stop")],
    ["t", () => acts.act(containers, "start")],
    ["r", () => acts.act(containers, "restart")],
    ["p", () => acts.act(containers, first.state === "paused" ? "unpause" : "pause")],
    ["F2", () => acts.rename(first)],
    ["Delete", () => acts.remove(containers)],
  ]);
  const deed = deeds.get(event.key);
  if (deed === undefined) return;
  event.preventDefault();
  deed();
}

interface FiltersProps {
  readonly choice: ContainerChoice;
  readonly onChoose: (change: Partial<ContainerChoice>) => void;
}

const TYPING_PAUSE_MS = 150;

function Filters({ choice, onChoose }: FiltersProps) {
  const { t } = useTranslation("engines");
  return (
    <>
      <SearchField
        className={css["search"]}
        label={t("filter.search")}
        value={choice.search}
        pauseMs={TYPING_PAUSE_MS}
        onSearch={(search) => onChoose({ search })}
      />
      <StateFilter
        states={CONTAINER_STATES}
        nameOf={(state) => t(`state.${state}`)}
        chosen={choice.states}
        label={t("filter.states")}
        anyLabel={t("filter.anyState")}
        onChoose={(states) => onChoose({ states })}
      />
      {isChosen(choice) && <ResetButton label={t("filter.reset")} onClick={() => onChoose(NO_CHOICE)} />}
    </>
  );
}

interface NoContainersProps {
  readonly engine: Engine;
  readonly isFiltered: boolean;
  readonly onReset: () => void;
}

function NoContainers({ engine, isFiltered, onReset }: NoContainersProps) {
  const { t } = useTranslation("engines");
  if (isFiltered) {
    return (
      <EmptyState title={t("noMatch.title")} hint={t("noMatch.hint")}>
        <Button onClick={onReset}>{t("filter.reset")}</Button>
      </EmptyState>
    );
  }
  if (engine.answeredAtMs === null) return null;
  const program = engine.product === "podman" ? "podman" : "docker";
  return (
    <EmptyState icon={<IconBox size={32} stroke={1.5} />} title={t("none.title")} hint={t("none.hint")}>
      <CommandLine command={`${program} run -d --name web -p 8080:80 docker.io/library/nginx`} />
    </EmptyState>
  );
}
