import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";

interface ResetButtonProps {
  readonly label: string;
  readonly onClick: () => void;
}

/** Stands behind filters while one is chosen, and takes all of them back. */
export function ResetButton({ label, onClick }: ResetButtonProps) {
  return (
    <Button variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={onClick}>
      {label}
    </Button>
  );
}
