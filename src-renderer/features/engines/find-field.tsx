import { ActionIcon, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconSearch } from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import css from "./container-log.module.css";

interface FindFieldProps {
  readonly label: string;
  readonly value: string;
  readonly count: number;
  /** From 1; 0 when nothing was found. */
  readonly current: number;
  readonly onChange: (text: string) => void;
  readonly onStep: (by: 1 | -1) => void;
}

/** Looks for text in what is shown; Enter and Shift+Enter go through the hits. */
export function FindField({ label, value, count, current, onChange, onStep }: FindFieldProps) {
  const { t } = useTranslation("engines");
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape" && value !== "") {
      event.stopPropagation();
      onChange("");
    }
    if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
  }
  return (
    <div className={css["find"]}>
      <TextInput
        size="xs"
        aria-label={label}
        placeholder={label}
        leftSection={<IconSearch size={14} />}
        value={value}
        onKeyDown={onKeyDown}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {value !== "" && (
        <>
          <span role="status" className={css["hits"]}>
            {count === 0 ? t("find.none") : t("find.place", { place: current, total: count })}
          </span>
          <ActionIcon
            size="sm"
            aria-label={t("find.previous")}
            disabled={count === 0}
            onClick={() => onStep(-1)}
          >
            <IconChevronUp size={16} />
          </ActionIcon>
          <ActionIcon size="sm" aria-label={t("find.next")} disabled={count === 0} onClick={() => onStep(1)}>
            <IconChevronDown size={16} />
          </ActionIcon>
        </>
      )}
    </div>
  );
}
