import { Kbd, Popover } from "@mantine/core";
import { IconKeyboard } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { BarButton } from "./bar-button.tsx";
import css from "./log-bars.module.css";

const KEYS = [
  ["/", "find"],
  ["n", "next"],
  ["N", "previous"],
  ["g", "start"],
  ["G", "end"],
  ["space", "follow"],
  [":", "jump"],
  ["↑ ↓", "pick"],
  ["Enter", "expand"],
  ["c", "copy"],
  ["w", "wrap"],
  ["?", "help"],
] as const;

interface KeysHelpProps {
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
}

/** The keys of a log view. */
export function KeysHelp({ isOpen, onOpen }: KeysHelpProps) {
  const { t } = useTranslation("log");
  return (
    <Popover opened={isOpen} onChange={onOpen} position="bottom-end" width={300} returnFocus>
      <Popover.Target>
        <BarButton
          label={t("keys.button")}
          isOn={isOpen}
          icon={<IconKeyboard size={16} />}
          onClick={() => onOpen(!isOpen)}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <dl className={css["keys"]}>
          {KEYS.map(([key, name]) => (
            <div key={name}>
              <dt>
                <Kbd size="xs">{key === "space" ? t("keys.space") : key}</Kbd>
              </dt>
              <dd>{t(`keys.${name}`)}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
