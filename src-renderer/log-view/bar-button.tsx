import { ActionIcon, Tooltip } from "@mantine/core";
import type { ReactNode, Ref } from "react";

interface BarButtonProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick?: () => void;
  readonly isOn?: boolean;
  readonly isDisabled?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button of the log's bar: an icon with its name on hover. */
export function BarButton({ label, icon, onClick, isOn, isDisabled = false, ...rest }: BarButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="sm"
        variant={isOn === true ? "light" : "subtle"}
        aria-label={label}
        aria-pressed={isOn}
        disabled={isDisabled}
        onClick={onClick}
        {...rest}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
