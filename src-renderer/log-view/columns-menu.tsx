import { Checkbox, Popover } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { BarButton } from "./bar-button.tsx";
import css from "./log-bars.module.css";
import { safeText } from "./safe-spans.ts";

const MAX_COLUMNS = 8;

interface ColumnsProps {
  readonly columns: readonly string[];
  readonly onColumns: (columns: readonly string[]) => void;
}

/** Chooses the fields that stand in columns. The names are those of the lines in view. */
export function ColumnsMenu({
  columns,
  onColumns,
  namesInView,
}: ColumnsProps & { readonly namesInView: () => readonly string[] }) {
  const { t } = useTranslation("log");
  const [names, setNames] = useState<readonly string[] | null>(null);
  const shown = [...new Set([...columns, ...(names ?? [])])];
  return (
    <Popover
      opened={names !== null}
      onChange={(isOpen) => isOpen || setNames(null)}
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
          onClick={() => setNames(names === null ? namesInView() : null)}
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
