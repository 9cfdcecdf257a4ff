import { IconX } from "@tabler/icons-react";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { ColumnEdge } from "./column-edge.tsx";
import css from "./column-heads.module.css";
import { type ColumnWidth, widthOf, widthProperty, withWidth } from "./column-width.ts";
import type { TimeColumn } from "./line-time.ts";
import rowCss from "./log-view.module.css";
import { safeText } from "./safe-spans.ts";

interface ColumnHeadsProps {
  readonly columns: readonly string[];
  readonly onColumns: (columns: readonly string[]) => void;
  readonly widths: readonly ColumnWidth[];
  readonly onWidths: (widths: readonly ColumnWidth[]) => void;
  /** Has the widths in its style, for the heads and for every row. */
  readonly viewRef: RefObject<HTMLElement | null>;
  /** The element that scrolls the lines. */
  readonly frameRef: RefObject<HTMLElement | null>;
  readonly hasOwner: boolean;
  readonly timeColumn: TimeColumn;
}

/** Names of the columns, each over its own; they go along when the lines are scrolled sideways. */
export function ColumnHeads(props: ColumnHeadsProps) {
  const { columns, onColumns, widths, onWidths, viewRef, frameRef, hasOwner, timeColumn } = props;
  const { t } = useTranslation("log");
  const row = useRef<HTMLDivElement>(null);
  const isShown = columns.length > 0;
  useEffect(() => {
    const { current: frame } = frameRef;
    const { current: heads } = row;
    if (!isShown || frame === null || heads === null) return;
    const goAlong = () => {
      heads.style.transform = `translateX(${-frame.scrollLeft}px)`;
    };
    // A head that gets the focus is revealed by scrolling its own box, which would part it from its column.
    const onReveal = () => {
      const box = heads.parentElement;
      if (box === null || box.scrollLeft === 0) return;
      frame.scrollLeft += box.scrollLeft;
      box.scrollLeft = 0;
    };
    goAlong();
    frame.addEventListener("scroll", goAlong, { passive: true });
    heads.parentElement?.addEventListener("scroll", onReveal, { passive: true });
    return () => {
      frame.removeEventListener("scroll", goAlong);
      heads.parentElement?.removeEventListener("scroll", onReveal);
    };
  }, [frameRef, isShown]);
  const show = (index: number, px: number) =>
    viewRef.current?.style.setProperty(widthProperty(index), `${px}px`);
  useLayoutEffect(() => {
    for (const [index, name] of columns.entries()) show(index, widthOf(widths, name));
  });
  if (!isShown) return null;
  return (
    <div className={css["heads"]}>
      <div ref={row} className={css["headRow"]} data-owned={hasOwner || undefined}>
        {hasOwner && <span className={rowCss["owner"]} />}
        <span className={rowCss["number"]} />
        {timeColumn !== "none" && <span className={rowCss["time"]} />}
        <span className={rowCss["stream"]} />
        <ul className={css["headList"]} aria-label={t("columns.title")}>
          {columns.map((name, index) => (
            <li key={name} className={css["head"]} style={{ width: `var(${widthProperty(index)})` }}>
              <span className={css["headName"]} title={safeText(name)}>
                {safeText(name)}
              </span>
              <button
                type="button"
                className={css["headRemove"]}
                aria-label={t("columns.remove", { name: safeText(name) })}
                title={t("columns.remove", { name: safeText(name) })}
                onClick={() => onColumns(columns.filter((each) => each !== name))}
              >
                <IconX size={12} aria-hidden="true" />
              </button>
              <ColumnEdge
                name={name}
                px={widthOf(widths, name)}
                onMove={(px) => show(index, px)}
                onWidth={(px) => onWidths(withWidth(widths, name, px))}
              />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
