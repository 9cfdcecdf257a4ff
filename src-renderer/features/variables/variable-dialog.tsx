import { Button, JsonInput, Modal, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { agentNameSchema } from "#contract/ids.ts";
import {
  type SetVariable,
  VARIABLE_TYPES,
  type Variable,
  type VariableType,
  variableTypeSchema,
} from "#contract/variable.ts";
import { useCommand, useLiveAgents, useLiveVariables, useRpc } from "../../rpc/index.ts";
import { ErrorPanel } from "../../ui/index.ts";
import { paths, showDone, useDialogParam } from "../../workbench/index.ts";
import { valueForType, valueProblem, variableKey, variableNameProblem } from "./variable-value.ts";
import classes from "./variables.module.css";

/** `?variable=new`, `new:NAME` or `edit:KEY`, over any screen. */
export function VariableDialog() {
  const { t } = useTranslation(["variables", "common"]);
  const dialog = useDialogParam("variable");
  const variables = useLiveVariables().data;
  const value = dialog.value ?? "";
  const separator = value.indexOf(":");
  const act = separator < 0 ? value : value.slice(0, separator);
  const key = separator < 0 ? "" : value.slice(separator + 1);
  const edited = act === "edit" ? (variables?.find((each) => variableKey(each) === key) ?? null) : null;
  return (
    <Modal
      opened={act === "new" || edited !== null}
      onClose={dialog.close}
      title={act === "new" ? t("form.title") : t("form.editTitle", { name: edited?.name ?? "" })}
      closeButtonProps={{ "aria-label": t("common:dialog.close") }}
    >
      {act === "new" && <VariableForm edited={null} suggested={key} onClose={dialog.close} />}
      {edited !== null && (
        <VariableForm key={key} edited={edited} suggested={edited.name} onClose={dialog.close} />
      )}
    </Modal>
  );
}

interface VariableFormProps {
  readonly edited: Variable | null;
  readonly suggested: string;
  readonly onClose: () => void;
}

/** The choice that stands for every agent; no agent's name can be empty. */
const ALL_AGENTS = "";

function VariableForm({ edited, suggested, onClose }: VariableFormProps) {
  const { t } = useTranslation(["variables", "common"]);
  const rpc = useRpc();
  const [, navigate] = useLocation();
  const agents = useLiveAgents().data ?? [];
  const variables = useLiveVariables().data ?? [];
  const [name, setName] = useState(suggested);
  const [agent, setAgent] = useState<Variable["agent"]>(edited?.agent ?? null);
  const [type, setType] = useState<VariableType>(edited?.type ?? "text");
  const [value, setValue] = useState(edited?.value ?? "");
  const [isSent, setSent] = useState(false);
  const ofName = edited === null ? variableNameProblem(name, agent, variables) : null;
  const ofValue = valueProblem(type, value);
  const shownName = isSent || ofName !== "missing" ? ofName : null;
  const shownValue = isSent || value !== "" ? ofValue : null;
  const set = useCommand((request: SetVariable) => rpc.variables.set.mutate(request), {
    onDone: (variable) => {
      showDone(t("done.saved", { name: variable.name }));
      if (edited === null) navigate(`${paths.variables}?show=${variableKey(variable)}`);
      else onClose();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    setSent(true);
    if (ofName === null && ofValue === null) set.run({ name, agent, type, value });
  }
  return (
    <form className={classes["form"]} onSubmit={submit} autoComplete="off" noValidate>
      <TextInput
        label={t("list.name")}
        description={t("form.nameHint")}
        disabled={edited !== null}
        data-autofocus={edited === null || undefined}
        spellCheck={false}
        required
        value={name}
        error={shownName === null ? undefined : t(`form.name.${shownName}`)}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label={t("list.scope")}
        description={t("form.scopeHint")}
        disabled={edited !== null}
        data={[
          { value: ALL_AGENTS, label: t("scope.all") },
          ...agents.map((each) => ({ value: each.name as string, label: each.name as string })),
        ]}
        value={agent ?? ALL_AGENTS}
        onChange={(chosen) => {
          const known = agentNameSchema.safeParse(chosen);
          setAgent(known.success ? known.data : null);
        }}
      />
      <div>
        <div className={classes["label"]} id="variable-type">
          {t("list.type")}
        </div>
        <SegmentedControl
          fullWidth
          aria-labelledby="variable-type"
          data={VARIABLE_TYPES.map((each) => ({ value: each, label: t(`type.${each}`) }))}
          value={type}
          onChange={(chosen) => {
            const known = variableTypeSchema.parse(chosen);
            setType(known);
            setValue(valueForType(known, value));
          }}
        />
      </div>
      <ValueEditor
        type={type}
        value={value}
        error={shownValue === null ? undefined : t(`form.value.${shownValue}`)}
        isFirst={edited !== null}
        onChange={setValue}
      />
      <p className={classes["note"]}>{t("form.notSecret")}</p>
      {set.failure !== null && <ErrorPanel failure={set.failure} isInline />}
      <div className={classes["foot"]}>
        <Button variant="default" onClick={onClose}>
          {t("common:dialog.cancel")}
        </Button>
        <Button type="submit" loading={set.isBusy}>
          {t("common:dialog.save")}
        </Button>
      </div>
    </form>
  );
}

interface ValueEditorProps {
  readonly type: VariableType;
  readonly value: string;
  readonly error: string | undefined;
  readonly isFirst: boolean;
  readonly onChange: (value: string) => void;
}

/** An editor that fits the type. */
function ValueEditor({ type, value, error, isFirst, onChange }: ValueEditorProps) {
  const { t } = useTranslation("variables");
  const common = {
    label: t("list.value"),
    error,
    value,
    spellCheck: false,
    "data-autofocus": isFirst || undefined,
  };
  switch (type) {
    case "boolean":
      return (
        <div>
          <div className={classes["label"]} id="variable-value">
            {t("list.value")}
          </div>
          <SegmentedControl
            aria-labelledby="variable-value"
            data={["true", "false"]}
            value={value}
            onChange={onChange}
          />
        </div>
      );
    case "number":
      return (
        <TextInput
          {...common}
          inputMode="decimal"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "json":
      return (
        <JsonInput {...common} rows={6} classNames={{ input: classes["code"] ?? "" }} onChange={onChange} />
      );
    case "text":
      return <Textarea {...common} rows={3} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
}
