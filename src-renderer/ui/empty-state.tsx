import type { ReactNode } from "react";
import classes from "./parts.module.css";

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  /** One sentence that teaches the next step. */
  readonly hint: string;
  /** One primary action, and at most one way to try it with a sample. */
  readonly children?: ReactNode;
}

export function EmptyState({ icon, title, hint, children }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      {icon !== undefined && <div className={classes.emptyIcon}>{icon}</div>}
      <h2 className={classes.emptyTitle}>{title}</h2>
      <p className={classes.emptyHint}>{hint}</p>
      {children !== undefined && <div className={classes.emptyActions}>{children}</div>}
    </div>
  );
}
