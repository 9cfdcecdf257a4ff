import { JsonInput, Select, Switch, TagsInput, TextInput } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import classes from "./agents.module.css";
import { type Draft, type Field, type FieldPath, type FieldProblem, flatten } from "./schema-form.ts";

export interface SchemaFieldsProps {
  readonly fields: readonly Field[];
  readonly draft: Draft;
  /** Problems to show, by path; a field nobody has touched yet has none. */
  readonly problems: ReadonlyMap<FieldPath, FieldProblem>;
  readonly onChange: (path: FieldPath, value: Draft[string]) => void;
  /** The person has left the field. */
  readonly onLeave: (path: FieldPath) => void;
}

/** The words of a problem, in the language of the page. */
function problemText(problem: FieldProblem | undefined, t: TFunction<"agents">): string | undefined {
  return problem === undefined ? undefined : t(`input.${problem.code}`, { limit: problem.limit });
}

/** Fields of a schema, groups as framed parts. */
export function SchemaFields(props: SchemaFieldsProps) {
  const first = flatten(props.fields)[0];
  return props.fields.map((field) =>
    field.kind === "group" ? (
      <fieldset key={field.path} className={classes.group}>
        <legend>{field.label}</legend>
        <SchemaFields {...props} fields={field.fields} />
      </fieldset>
    ) : (
      <OneField key={field.path} {...props} field={field} isFirst={field === first} />
    ),
  );
}

interface OneFieldProps extends Omit<SchemaFieldsProps, "fields"> {
  readonly field: Exclude<Field, { kind: "group" }>;
  /** Takes the focus when the dialog opens. */
  readonly isFirst: boolean;
}

function OneField({ field, isFirst, draft, problems, onChange, onLeave }: OneFieldProps) {
  const { t } = useTranslation("agents");
  const typed = draft[field.path];
  const text = typeof typed === "string" ? typed : "";
  const common = {
    label: field.label,
    description: field.description || undefined,
    required: field.isRequired,
    error: problemText(problems.get(field.path), t),
    "data-autofocus": isFirst || undefined,
    onBlur: () => onLeave(field.path),
  };
  switch (field.kind) {
    case "boolean":
      return (
        <Switch
          label={field.label}
          description={common.description}
          error={common.error}
          checked={typed === true}
          onChange={(event) => onChange(field.path, event.currentTarget.checked)}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          data={field.options.map((option) => ({ value: option, label: optionLabel(option) }))}
          placeholder={t("start.choose")}
          clearable={!field.isRequired}
          value={text === "" ? null : text}
          onChange={(value) => onChange(field.path, value ?? "")}
        />
      );
    case "list":
      return (
        <TagsInput
          {...common}
          description={field.description || t("start.listHint")}
          splitChars={["\n"]}
          allowDuplicates
          value={Array.isArray(typed) ? [...(typed as readonly string[])] : []}
          onChange={(values) => onChange(field.path, values)}
        />
      );
    case "json":
      return (
        <JsonInput
          {...common}
          autosize
          minRows={3}
          maxRows={12}
          classNames={{ input: classes.code }}
          value={text}
          onChange={(value) => onChange(field.path, value)}
        />
      );
    case "number":
    case "text":
      return (
        <TextInput
          {...common}
          inputMode={field.kind === "number" ? "decimal" : "text"}
          value={text}
          onChange={(event) => onChange(field.path, event.currentTarget.value)}
        />
      );
  }
}

/** A string option without its quotes; others as JSON. */
function optionLabel(option: string): string {
  const value: unknown = JSON.parse(option);
  return typeof value === "string" ? value : option;
}
