import { Button, Checkbox, Popover, SegmentedControl, TextInput } from "@mantine/core";
import { IconFilter, IconPlus, IconX } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { LOG_LEVELS, LOG_STREAMS, type LogLevel } from "#contract/log.ts";
import { formatLineTimeInFull } from "./line-time.ts";
import css from "./log-bars.module.css";
import { type FilterChip, withChip } from "./log-filter.ts";
import { safeText } from "./safe-spans.ts";

interface FilterProps {
  readonly chips: readonly FilterChip[];
  readonly onChange: (chips: readonly FilterChip[]) => void;
}

/** What the shown lines must be, each condition a chip that can be taken away. */
export function FilterBar({ chips, onChange }: FilterProps) {
  const { t } = useTranslation("log");
  const words = useChipWords();
  if (chips.length === 0) return null;
  return (
    <ul className={css["chips"]} aria-label={t("filter.label")}>
      {chips.map((chip) => {
        const text = words(chip);
        return (
          <li key={JSON.stringify(chip)} className={css["chip"]}>
            <span className={css["chipText"]}>{text}</span>
            <button
              type="button"
              className={css["chipRemove"]}
              aria-label={t("filter.remove", { filter: text })}
              onClick={() => onChange(chips.filter((each) => each !== chip))}
            >
              <IconX size={12} aria-hidden="true" />
            </button>
          </li>
        );
      })}
      <li>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange([])}>
          {t("filter.clear")}
        </Button>
      </li>
    </ul>
  );
}

function useChipWords(): (chip: FilterChip) => string {
  const { t } = useTranslation("log");
  return (chip) => {
    switch (chip.kind) {
      case "level":
        return t("filter.isLevel", { levels: chip.levels.map((level) => level.toUpperCase()).join(", ") });
      case "stream":
        return t(`filter.${chip.stream}`);
      case "text": {
        const text = safeText(chip.isRegex ? `/${chip.text}/` : `“${chip.text}”`);
        return chip.isNot ? t("filter.hasNot", { text }) : t("filter.has", { text });
      }
      case "field":
        return safeText(`${chip.name} = ${chip.value}`);
      case "since":
        return t("filter.isSince", { time: formatLineTimeInFull(chip.atMs) });
      case "until":
        return t("filter.isUntil", { time: formatLineTimeInFull(chip.atMs) });
    }
  };
}

/** Opens the form that adds conditions. */
export function FilterMenu({ chips, onChange }: FilterProps) {
  const { t } = useTranslation("log");
  const [isOpen, setOpen] = useState(false);
  const add = (chip: FilterChip) => onChange(withChip(chips, chip));
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={420} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant={chips.length > 0 ? "light" : "subtle"}
          color={chips.length > 0 ? "blue" : "gray"}
          size="compact-xs"
          leftSection={<IconFilter size={14} />}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {chips.length > 0 ? t("filter.buttonCount", { count: chips.length }) : t("filter.button")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={css["filterForm"]}>
        <Levels chips={chips} onChange={onChange} />
        <Streams chips={chips} onChange={onChange} />
        <TextFields onAdd={add} />
        <FieldFields onAdd={add} />
        <TimeFields onAdd={add} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Levels({ chips, onChange }: FilterProps) {
  const { t } = useTranslation("log");
  const chosen = chips.find((chip) => chip.kind === "level")?.levels ?? [];
  const set = (values: string[]) => {
    const levels: LogLevel[] = LOG_LEVELS.filter((level) => values.includes(level));
    const others = chips.filter((chip) => chip.kind !== "level");
    onChange(levels.length === 0 ? others : withChip(others, { kind: "level", levels }));
  };
  return (
    <Checkbox.Group label={t("filter.level")} value={[...chosen]} onChange={set}>
      <div className={css["levels"]}>
        {LOG_LEVELS.map((level) => (
          <Checkbox key={level} size="xs" value={level} label={level.toUpperCase()} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

function Streams({ chips, onChange }: FilterProps) {
  const { t } = useTranslation("log");
  const chosen = chips.find((chip) => chip.kind === "stream")?.stream ?? "both";
  const set = (value: string) => {
    const others = chips.filter((chip) => chip.kind !== "stream");
    const stream = LOG_STREAMS.find((each) => each === value);
    onChange(stream === undefined ? others : withChip(others, { kind: "stream", stream }));
  };
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      aria-label={t("filter.stream")}
      value={chosen}
      data={[
        { value: "both", label: t("filter.bothStreams") },
        { value: "stdout", label: t("filter.stdout") },
        { value: "stderr", label: t("filter.stderr") },
      ]}
      onChange={set}
    />
  );
}

interface AddProps {
  readonly onAdd: (chip: FilterChip) => void;
}

function Form({
  children,
  isReady,
  onSubmit,
}: {
  readonly children: ReactNode;
  readonly isReady: boolean;
  readonly onSubmit: () => void;
}) {
  const { t } = useTranslation("log");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onSubmit();
  };
  return (
    <form className={css["filterRow"]} onSubmit={submit}>
      {children}
      <Button
        type="submit"
        size="xs"
        variant="default"
        px={8}
        disabled={!isReady}
        leftSection={<IconPlus size={12} />}
      >
        {t("filter.add")}
      </Button>
    </form>
  );
}

function TextFields({ onAdd }: AddProps) {
  const { t } = useTranslation("log");
  const [text, setText] = useState("");
  const [options, setOptions] = useState<string[]>([]);
  const add = () => {
    const has = (name: string) => options.includes(name);
    onAdd({ kind: "text", text, isRegex: has("regex"), isCaseSensitive: has("case"), isNot: has("not") });
    setText("");
  };
  return (
    <div>
      <Form isReady={text !== ""} onSubmit={add}>
        <TextInput
          size="xs"
          label={t("filter.text")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </Form>
      <Checkbox.Group value={options} onChange={setOptions} aria-label={t("filter.textOptions")}>
        <div className={css["levels"]}>
          <Checkbox size="xs" value="regex" label={t("filter.regex")} />
          <Checkbox size="xs" value="case" label={t("findCase")} />
          <Checkbox size="xs" value="not" label={t("filter.not")} />
        </div>
      </Checkbox.Group>
    </div>
  );
}

function FieldFields({ onAdd }: AddProps) {
  const { t } = useTranslation("log");
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const add = () => {
    onAdd({ kind: "field", name, value });
    setName("");
    setValue("");
  };
  return (
    <Form isReady={name !== ""} onSubmit={add}>
      <TextInput
        size="xs"
        label={t("filter.field")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label={t("filter.value")}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
    </Form>
  );
}

function TimeFields({ onAdd }: AddProps) {
  const { t } = useTranslation("log");
  const [text, setText] = useState("");
  const [end, setEnd] = useState<"since" | "until">("since");
  const atMs = Date.parse(text);
  return (
    <Form isReady={!Number.isNaN(atMs)} onSubmit={() => onAdd({ kind: end, atMs })}>
      <SegmentedControl
        size="xs"
        className={css["timeEnd"]}
        aria-label={t("filter.timeEnd")}
        value={end}
        data={[
          { value: "since", label: t("filter.since") },
          { value: "until", label: t("filter.until") },
        ]}
        onChange={(value) => setEnd(value === "until" ? "until" : "since")}
      />
      <TextInput
        size="xs"
        type="datetime-local"
        step={1}
        label={t("filter.time")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </Form>
  );
}
