import type { ReactNode, UIEventHandler } from "react";
import classes from "./list-and-aside.module.css";

interface ListAndAsideProps {
  readonly children: ReactNode;
  /** An `Aside` with what is chosen of the list; null while nothing is. */
  readonly aside: ReactNode;
  readonly onScroll?: UIEventHandler;
}

/** A list, and beside it what is chosen of it. Where the page is narrow, that stands in the place of the list. */
export function ListAndAside({ aside, children, onScroll }: ListAndAsideProps) {
  return (
    <div className={classes["both"]} data-open={aside !== null || undefined}>
      <div className={classes["list"]} onScrollCapture={onScroll}>
        {children}
      </div>
      {aside}
    </div>
  );
}

interface AsideProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** What is shown beside a list; begins with an `AsideHead`. */
export function Aside({ children, label }: AsideProps) {
  return (
    <aside className={classes["aside"]} aria-label={label}>
      {children}
    </aside>
  );
}
