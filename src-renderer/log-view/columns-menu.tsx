import { Checkbox, Popover } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { BarButton } from "./bar-button.tsx";
import css from "./log-bars.module.css";
import { safeText } from "./safe-spans.ts";

const MAX_COLUMNS = 8;
/** More would be no choice. */
export const MAX_NAMES = 100;

interface ColumnsProps {
  readonly columns: readonly string[];
  readonly onColumns: (columns: readonly string[]) => void;
}

interface MenuProps extends ColumnsProps {
  readonly namesInView: () => readonly string[];
  /** Tells when lines in view may have changed. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Chooses the fields that stand in columns. The names are those of the lines that were in view while it was open. */
export function ColumnsMenu({ columns, onColumns, namesInView, subscribe }: MenuProps) {
  const { t } = useTranslation("log");
  const [names, setNames] = useState<readonly string[] | null>(null);
  const isOpen = names !== null;
  const latest = useRef(namesInView);
  latest.current = namesInView;
  useEffect(() => {
    if (!isOpen) return;
    // Behind those that are there, because somebody may be about to press one of them.
    return subscribe(() => {
      setNames((known) => {
        const fresh = latest.current().filter((name) => known?.includes(name) === false);
        return known === null || fresh.length === 0 ? known : [...known, ...fresh].slice(0, MAX_NAMES);
      });
    });
  }, [isOpen, subscribe]);
  const shown = [...new Set([...columns, ...(names ?? [])])];
  return (
    <Popover
      opened={isOpen}
      onChange={(isWanted) => isWanted || setNames(null)}
      position="bottom-end"
      width={260}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <BarButton
          label={t("columns.button")}
          isOn={columns.length > 0}
          icon={<IconColumns3 size={16} />}
          onClick={() => setNames(isOpen ? null : namesInView())}
        />
      </Popover.Target>
      <Popover.Dropdown>
        {shown.length === 0 && <p className={css["hint"]}>{t("columns.none")}</p>}
        <Checkbox.Group
          value={[...columns]}
          onChange={(chosen) => onColumns(chosen.slice(0, MAX_COLUMNS))}
          label={shown.length > 0 ? t("columns.title") : undefined}
        >
          <div className={css["columnChoices"]}>
            {shown.map((name) => (
              <Checkbox key={name} size="xs" value={name} label={safeText(name)} />
            ))}
          </div>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  );
}
