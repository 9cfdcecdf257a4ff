import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";
import classes from "./parts.module.css";

/** Ids, paths and code in the bundled monospace. */
export function Mono({ children }: { readonly children: ReactNode }) {
  return <span className={classes.mono}>{children}</span>;
}

/** A path or id with a button that copies it. */
export function Copyable({ value }: { readonly value: string }) {
  return (
    <span className={classes.copyable}>
      <Mono>{value}</Mono>
      <CopyButton value={value} />
    </span>
  );
}

/** A command to type, on its own line, with a button that copies it. */
export function CommandLine({ command }: { readonly command: string }) {
  return (
    <div className={classes.commandLine}>
      <code>{command}</code>
      <CopyButton value={command} />
    </div>
  );
}
