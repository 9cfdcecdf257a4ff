import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import css from "./column-heads.module.css";
import { boundedWidth, LEAST_COLUMN_PX, MOST_COLUMN_PX, widthAfterKey } from "./column-width.ts";
import { safeText } from "./safe-spans.ts";

interface ColumnEdgeProps {
  readonly name: string;
  readonly px: number;
  /** While it is moved. */
  readonly onMove: (px: number) => void;
  /** Null for as wide as it is by itself. */
  readonly onWidth: (px: number | null) => void;
}

/** The edge of a column, by which it is made wider and narrower: dragged, or with the keys of a splitter. */
export function ColumnEdge({ name, px, onMove, onWidth }: ColumnEdgeProps) {
  const { t } = useTranslation("log");
  const [drag, setDrag] = useState<{ readonly fromX: number; readonly px: number } | null>(null);
  const begin = (event: PointerEvent<HTMLHRElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ fromX: event.clientX - px, px });
  };
  const move = (event: PointerEvent) => {
    if (drag === null) return;
    const next = boundedWidth(event.clientX - drag.fromX);
    setDrag({ ...drag, px: next });
    onMove(next);
  };
  const end = () => {
    setDrag(null);
    // Pressed and let go is no choice of a width.
    if (drag !== null && drag.px !== px) onWidth(drag.px);
  };
  const leave = () => {
    setDrag(null);
    onMove(px);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = widthAfterKey(px, event);
    if (next === null) return;
    event.preventDefault();
    // The log has uses of its own for these keys.
    event.stopPropagation();
    onWidth(event.key === "Enter" ? null : next);
  };
  const label = t("columns.width", { name: safeText(name) });
  return (
    <hr
      className={css["edge"]}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={drag?.px ?? px}
      aria-valuemin={LEAST_COLUMN_PX}
      aria-valuemax={MOST_COLUMN_PX}
      title={t("columns.widthHint", { name: safeText(name) })}
      data-dragged={drag !== null || undefined}
      tabIndex={0}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={leave}
      onDoubleClick={() => onWidth(null)}
      onKeyDown={onKeyDown}
    />
  );
}
