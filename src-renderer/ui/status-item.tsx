import { Popover } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import classes from "./status-item.module.css";

export type StatusTone = "ok" | "warning" | "failed" | "unknown";

function Dot({ tone }: { readonly tone: StatusTone }) {
  return <span className={classes["dot"]} data-tone={tone} aria-hidden="true" />;
}

export interface StatusPopoverProps {
  readonly tone: StatusTone;
  /** What it is and how it is, in words. */
  readonly label: string;
  /** Explains, and mends where that is possible. */
  readonly children: ReactNode;
}

/** An item of the status bar that explains itself when it is clicked. */
export function StatusPopover({ tone, label, children }: StatusPopoverProps) {
  return (
    <Popover position="top-start" width={340} shadow="md">
      <Popover.Target>
        <button type="button" className={classes["item"]}>
          <Dot tone={tone} />
          {label}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes["pop"]}>{children}</Popover.Dropdown>
    </Popover>
  );
}

export interface StatusButtonProps {
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** An item of the status bar that does something. */
export function StatusButton({ onClick, children }: StatusButtonProps) {
  return (
    <button type="button" className={classes["item"]} onClick={onClick}>
      {children}
    </button>
  );
}

export interface StatusLinkProps {
  readonly to: string;
  readonly tone?: StatusTone;
  readonly children: ReactNode;
}

/** An item of the status bar that leads to the screen that says more. */
export function StatusLink({ to, tone, children }: StatusLinkProps) {
  return (
    <Link to={to} className={classes["item"]}>
      {tone !== undefined && <Dot tone={tone} />}
      {children}
    </Link>
  );
}
