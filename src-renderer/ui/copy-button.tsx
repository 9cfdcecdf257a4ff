import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

export interface CopyButtonProps {
  readonly value: string;
  /** Says what is copied; with `isText` it stands on the button. */
  readonly label?: string;
  readonly isText?: boolean;
}

export function CopyButton({ value, label, isText = false }: CopyButtonProps) {
  const { t } = useTranslation();
  const { copied, copy } = useClipboard({ timeout: 1_500 });
  const name = label ?? t("copy.copy");
  const shown = copied ? t("copy.copied") : name;
  const icon = copied ? <IconCheck size={14} /> : <IconCopy size={14} />;
  if (isText) {
    return (
      <Button variant="default" leftSection={icon} onClick={() => copy(value)}>
        {shown}
      </Button>
    );
  }
  return (
    <Tooltip label={shown}>
      <ActionIcon size="sm" aria-label={name} onClick={() => copy(value)}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
