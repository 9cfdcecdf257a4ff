import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./parts.module.css";

interface AsideHeadProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly closeLabel: string;
  readonly onClose: () => void;
}

/** The head of what is shown beside a list: what it is, and the way to close it. */
export function AsideHead({ title, note, closeLabel, onClose }: AsideHeadProps) {
  return (
    <header className={classes.asideHead}>
      <div>
        <h2>{title}</h2>
        {note !== undefined && <p>{note}</p>}
      </div>
      <ActionIcon aria-label={closeLabel} onClick={onClose}>
        <IconX size={16} />
      </ActionIcon>
    </header>
  );
}
