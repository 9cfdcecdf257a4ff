import type { ReactNode } from "react";
import classes from "./parts.module.css";

export interface PageHeaderProps {
  readonly title: ReactNode;
  /** Small text beside or below the title: what this is, its state. */
  readonly note?: ReactNode;
  /** Buttons at the right; the primary one last. */
  readonly actions?: ReactNode;
}

export function PageHeader({ title, note, actions }: PageHeaderProps) {
  return (
    <header className={classes.pageHeader}>
      <div className={classes.pageTitles}>
        <h1 className={classes.pageTitle}>{title}</h1>
        {note !== undefined && <div className={classes.pageNote}>{note}</div>}
      </div>
      {actions !== undefined && <div className={classes.pageActions}>{actions}</div>}
    </header>
  );
}

/** A page whose content scrolls below its header. `isFilling` gives the content the whole height instead. */
export function Page({
  header,
  isFilling = false,
  children,
}: {
  readonly header: ReactNode;
  readonly isFilling?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div className={classes.page}>
      {header}
      <div className={classes.pageBody} data-filling={isFilling || undefined}>
        {children}
      </div>
    </div>
  );
}

export interface PanelProps {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  /** No padding inside: for tables and logs that reach the edges. */
  readonly isFlush?: boolean;
  readonly children: ReactNode;
}

/** A framed part of a page with a heading. */
export function Panel({ title, actions, isFlush = false, children }: PanelProps) {
  return (
    <section className={classes.panel}>
      {(title !== undefined || actions !== undefined) && (
        <div className={classes.panelHead}>
          {title !== undefined && <h2 className={classes.panelTitle}>{title}</h2>}
          {actions !== undefined && <div className={classes.pageActions}>{actions}</div>}
        </div>
      )}
      <div className={classes.panelBody} data-flush={isFlush || undefined}>
        {children}
      </div>
    </section>
  );
}

export interface Fact {
  readonly key: string;
  readonly label: ReactNode;
  readonly value: ReactNode;
}

/** Facts as label and value, one below the other. */
export function KeyValueList({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map((fact) => (
        <div key={fact.key} className={classes.fact}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
