import { Button, JsonInput, Modal, SegmentedControl, Select } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { Agent } from "#contract/agent.ts";
import type { ContainerConsent } from "#contract/engine.ts";
import { agentNameSchema, type TargetId, THIS_COMPUTER } from "#contract/ids.ts";
import type { StartRun } from "#contract/run.ts";
import type { Target } from "#contract/target.ts";
import { useCommand, useLiveAgent, useLiveRuns, useLiveTargets, useRpc } from "../../rpc/index.ts";
import { ErrorPanel } from "../../ui/index.ts";
import { paths, showDone, useAllowFirst, useDialogParam } from "../../workbench/index.ts";
import { NeedsList } from "../credentials/index.tsx";
import classes from "./agents.module.css";
import { ContainerPlan } from "./container-plan.tsx";
import { SchemaFields } from "./schema-fields.tsx";
import { type Draft, type Field, initialDraft, readDraft, readSchema } from "./schema-form.ts";

/** What was typed for one agent; kept while the dialog is closed, so that a look elsewhere loses nothing. */
interface StartDraft {
  readonly mode: "form" | "json";
  readonly typed: Draft;
  readonly json: string;
  readonly target: TargetId;
  /** What the person said yes to for the container. */
  readonly confirms: readonly ContainerConsent[];
  /** Fields the person has left, whose problems are shown. */
  readonly left: ReadonlySet<string>;
}

/** The start dialog, over any screen: `?start=AGENT`. */
export function StartDialog() {
  const { t } = useTranslation(["agents", "common"]);
  const dialog = useDialogParam("start");
  const [drafts, setDrafts] = useState<ReadonlyMap<string, StartDraft>>(new Map());
  const name = agentNameSchema.safeParse(dialog.value);
  const agentName = name.success ? name.data : null;
  const keep = (agent: string, draft: StartDraft | null): void => {
    const next = new Map(drafts);
    if (draft === null) next.delete(agent);
    else next.set(agent, draft);
    setDrafts(next);
  };
  return (
    <Modal
      opened={agentName !== null}
      onClose={dialog.close}
      title={t("start.title", { agent: agentName ?? "" })}
      size="lg"
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      {agentName !== null && (
        <StartForm
          key={agentName}
          name={agentName}
          kept={drafts.get(agentName) ?? null}
          onKeep={(draft) => keep(agentName, draft)}
          onClose={dialog.close}
        />
      )}
    </Modal>
  );
}

interface StartFormProps {
  readonly name: Agent["name"];
  readonly kept: StartDraft | null;
  readonly onKeep: (draft: StartDraft | null) => void;
  readonly onClose: () => void;
}

/** Loads what the form is made of: the agent, its last input, the targets. */
function StartForm(props: StartFormProps) {
  const agent = useLiveAgent(props.name);
  const lastRuns = useLiveRuns({ agent: props.name, limit: 1 });
  const targets = useLiveTargets();
  const failure = agent.failure ?? targets.failure;
  if (failure !== null) return <ErrorPanel failure={failure} isInline />;
  if (agent.data === undefined || targets.data === undefined || lastRuns.isPending) return null;
  return (
    <LoadedForm
      {...props}
      agent={agent.data}
      targets={targets.data}
      lastInputJson={lastRuns.data?.runs[0]?.inputJson ?? null}
    />
  );
}

interface LoadedFormProps extends StartFormProps {
  readonly agent: Agent;
  readonly targets: readonly Target[];
  readonly lastInputJson: string | null;
}

function parseInput(json: string | null): unknown {
  if (json === null) return undefined;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    // The last input only fills the form; without it the defaults do.
    return undefined;
  }
}

function firstDraft(
  fields: readonly Field[] | null,
  lastInputJson: string | null,
  usable: readonly Target[],
): StartDraft {
  const lastInput = parseInput(lastInputJson);
  return {
    mode: fields === null ? "json" : "form",
    typed: initialDraft(fields ?? [], lastInput),
    json: JSON.stringify(lastInput ?? {}, null, 2),
    target: usable.find(({ id }) => id === THIS_COMPUTER)?.id ?? usable[0]?.id ?? THIS_COMPUTER,
    confirms: [],
    left: new Set(),
  };
}

function LoadedForm({ agent, targets, lastInputJson, kept, onKeep, onClose }: LoadedFormProps) {
  const { t } = useTranslation(["agents", "common"]);
  const rpc = useRpc();
  const [, navigate] = useLocation();
  const fields = readSchema(agent.manifest.inputs);
  const usable = targets.filter(
    ({ capabilities: { otherRuntime, runtime } }) =>
      agent.manifest.runtimes[runtime] !== undefined ||
      (otherRuntime !== undefined && agent.manifest.runtimes[otherRuntime] !== undefined),
  );
  const draft = kept ?? firstDraft(fields, lastInputJson, usable);
  const isContainer = usable.find(({ id }) => id === draft.target)?.kind === "container";
  const result = readDraft(fields ?? [], draft.typed);
  const jsonInput = parseInput(draft.json);
  const isJson = draft.mode === "json";
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // The dialog looked for its first field before this form was there.
    form.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
  }, []);

  const allowFirst = useAllowFirst();
  const begin = (request: StartRun) => allowFirst(request.agent, () => rpc.runs.start.mutate(request));
  const start = useCommand(begin, {
    onDone: (run) => {
      onKeep(null);
      showDone(t("start.started", { agent: agent.name }));
      navigate(paths.run(run.id));
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    const isSound = isJson ? jsonInput !== undefined : result.problems.length === 0;
    if (isSound) {
      start.run({
        agent: agent.name,
        target: draft.target,
        input: isJson ? jsonInput : result.input,
        ...(draft.confirms.length === 0 ? {} : { confirms: [...draft.confirms] }),
      });
      return;
    }
    onKeep({ ...draft, left: new Set(result.problems.map((problem) => problem.path)) });
  }
  function setMode(mode: string): void {
    if (mode === "json") onKeep({ ...draft, mode, json: JSON.stringify(result.input, null, 2) });
    else onKeep({ ...draft, mode: "form", typed: initialDraft(fields ?? [], jsonInput) });
  }

  const shown = new Map(
    result.problems
      .filter((problem) => draft.left.has(problem.path) || hasText(draft.typed[problem.path]))
      .map((problem) => [problem.path, problem]),
  );
  const hasInput = fields === null || fields.length > 0;
  return (
    <form ref={form} className={classes.form} onSubmit={submit} noValidate>
      <div className={classes.formHead}>
        <p>{hasInput ? lastInputJson !== null && t("start.lastInput") : t("start.noInput")}</p>
        {hasInput && fields !== null && (
          <SegmentedControl
            aria-label={t("start.modeLabel")}
            data={[
              { value: "form", label: t("start.form") },
              { value: "json", label: t("start.json") },
            ]}
            value={draft.mode}
            onChange={setMode}
          />
        )}
      </div>
      {usable.some(({ id }) => id !== THIS_COMPUTER) && (
        <Select
          label={t("start.target")}
          data={usable.map((target) => ({
            value: target.id,
            label: target.id === THIS_COMPUTER ? t("start.thisComputer") : target.name,
          }))}
          value={draft.target}
          onChange={(value) => {
            const target = usable.find((each) => each.id === value);
            if (target !== undefined) onKeep({ ...draft, target: target.id, confirms: [] });
          }}
        />
      )}
      {isContainer && (
        <ContainerPlan
          engine={draft.target}
          agent={agent.name}
          given={draft.confirms}
          onGive={(confirms) => onKeep({ ...draft, confirms })}
        />
      )}
      {hasInput && isJson && (
        <JsonInput
          aria-label={t("start.jsonLabel")}
          autosize
          minRows={10}
          maxRows={24}
          classNames={{ input: classes.code }}
          value={draft.json}
          error={jsonInput === undefined ? t("input.notJson") : undefined}
          onChange={(json) => onKeep({ ...draft, json })}
        />
      )}
      {fields !== null && !isJson && (
        <SchemaFields
          fields={fields}
          draft={draft.typed}
          problems={shown}
          onChange={(path, value) => onKeep({ ...draft, typed: { ...draft.typed, [path]: value } })}
          onLeave={(path) => onKeep({ ...draft, left: new Set([...draft.left, path]) })}
        />
      )}
      <NeedsList agent={agent} />
      {start.failure !== null && <ErrorPanel failure={start.failure} isInline />}
      <div className={classes.foot}>
        {hasInput && (
          <Button variant="subtle" mr="auto" onClick={() => onKeep(firstDraft(fields, null, usable))}>
            {t("start.reset")}
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          {t("common:dialog.cancel")}
        </Button>
        <Button type="submit" loading={start.isBusy} data-autofocus={hasInput ? undefined : true}>
          {t("start.submit")}
        </Button>
      </div>
    </form>
  );
}

function hasText(typed: Draft[string] | undefined): boolean {
  return typeof typed === "string" ? typed !== "" : Array.isArray(typed) && typed.length > 0;
}
