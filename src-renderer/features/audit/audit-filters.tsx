import { MultiSelect, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { AUDIT_ACTIONS, AUDIT_OUTCOMES } from "#contract/audit.ts";
import { doorSchema } from "#contract/run.ts";
import { useAuditNames } from "../../rpc/index.ts";
import { parts, ResetButton, SearchField } from "../../ui/index.ts";
import classes from "./audit.module.css";
import { type AuditChoice, isChosen, NO_CHOICE } from "./audit-filter.ts";

const TYPING_PAUSE_MS = 200;

export interface AuditFiltersProps {
  readonly choice: AuditChoice;
  readonly onChoose: (change: Partial<AuditChoice>) => void;
}

/** What of the trail is shown; every choice stands in the address. */
export function AuditFilters({ choice, onChoose }: AuditFiltersProps) {
  const { t } = useTranslation("audit");
  const { data: names, refetch: refetchNames } = useAuditNames();
  return (
    <search className={parts["filters"]} aria-label={t("filter.label")}>
      <SearchField
        className={classes["search"]}
        label={t("filter.search")}
        value={choice.search}
        pauseMs={TYPING_PAUSE_MS}
        onSearch={(search) => onChoose({ search })}
      />
      <Choices
        label={t("column.who")}
        placeholder={t("filter.anyUser")}
        data={withChosen(names?.users, choice.users).map(asIs)}
        value={choice.users}
        onChange={(users) => onChoose({ users })}
        onOpen={refetchNames}
      />
      <Choices
        label={t("column.subject")}
        placeholder={t("filter.anySubject")}
        data={withChosen(names?.subjects, choice.subjects).map(asIs)}
        value={choice.subjects}
        onChange={(subjects) => onChoose({ subjects })}
        onOpen={refetchNames}
      />
      <Choices
        label={t("column.action")}
        placeholder={t("filter.anyAction")}
        data={AUDIT_ACTIONS.map((each) => ({ value: each, label: t(`action.${each}`) }))}
        value={choice.actions}
        onChange={(values) => onChoose({ actions: AUDIT_ACTIONS.filter((each) => values.includes(each)) })}
      />
      <Choices
        label={t("column.outcome")}
        placeholder={t("filter.anyOutcome")}
        data={AUDIT_OUTCOMES.map((each) => ({ value: each, label: t(`outcome.${each}`) }))}
        value={choice.outcomes}
        onChange={(values) => onChoose({ outcomes: AUDIT_OUTCOMES.filter((each) => values.includes(each)) })}
      />
      <Choices
        label={t("column.door")}
        placeholder={t("filter.anyDoor")}
        data={doorSchema.options.map((each) => ({ value: each, label: t(`door.${each}`) }))}
        value={choice.doors}
        onChange={(values) => onChoose({ doors: doorSchema.options.filter((each) => values.includes(each)) })}
      />
      <TextInput
        type="date"
        size="xs"
        className={classes["date"]}
        aria-label={t("filter.from")}
        title={t("filter.from")}
        leftSection={t("filter.fromShort")}
        leftSectionWidth={40}
        value={choice.from}
        onChange={(event) => onChoose({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        size="xs"
        className={classes["date"]}
        aria-label={t("filter.to")}
        title={t("filter.to")}
        leftSection={t("filter.toShort")}
        leftSectionWidth={40}
        value={choice.to}
        onChange={(event) => onChoose({ to: event.currentTarget.value })}
      />
      {isChosen(choice) && <ResetButton label={t("filter.reset")} onClick={() => onChoose(NO_CHOICE)} />}
    </search>
  );
}

/** A name that was chosen stays to be taken away, also when the trail has many others. */
function withChosen(names: readonly string[] | undefined, chosen: readonly string[]): readonly string[] {
  return [...new Set([...chosen, ...(names ?? [])])];
}

function asIs(name: string): Choice {
  return { value: name, label: name };
}

interface Choice {
  readonly value: string;
  readonly label: string;
}

interface ChoicesProps {
  readonly label: string;
  readonly placeholder: string;
  readonly data: readonly Choice[];
  readonly value: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
  readonly onOpen?: () => void;
}

function Choices({ label, placeholder, data, value, onChange, onOpen }: ChoicesProps) {
  return (
    <MultiSelect
      className={classes["select"]}
      size="xs"
      aria-label={label}
      placeholder={value.length === 0 ? placeholder : ""}
      data={data}
      value={[...value]}
      onChange={onChange}
      {...(onOpen === undefined ? {} : { onDropdownOpen: onOpen })}
      searchable
      clearable
    />
  );
}
