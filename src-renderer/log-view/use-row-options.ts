import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { useFormat } from "../ui/index.ts";
import type { FindStore } from "./find-in-log.ts";
import type { FoundText } from "./line-text.tsx";
import type { RowOptions } from "./log-row.tsx";
import type { LogViewProps } from "./log-view.tsx";

type RowActs = Pick<RowOptions, "onPick" | "onToggle" | "onStretch">;

/**
 * How rows are shown and what they can ask for. The same object for as long as nothing in it changes, because every
 * row that is given another one is rendered anew.
 */
export function useRowOptions(
  { look, originMs, ownerOf = null, cursor = null }: LogViewProps,
  find: FindStore,
  acts: RowActs,
): RowOptions {
  const { t } = useTranslation("log");
  const format = useFormat();
  const { timeColumn, columns } = look;
  const found = useFoundText(find);
  const latest = useRef(acts);
  latest.current = acts;
  return useMemo<RowOptions>(
    () => ({
      timeColumn,
      originMs,
      find: found,
      columns,
      ownerOf,
      words: {
        cut: t("lineCut"),
        more: (count) => (count > 0 ? t("moreCharacters", { count }) : t("moreOfLine")),
        stretch: (shown, size) =>
          t("lineStretch", { shown: format.bytes(shown), size: size > 0 ? format.bytes(size) : "…" }),
        reading: t("lineReading"),
        gap({ cause, lines, sizeBytes }) {
          const why = t(`gap.cause.${cause}`);
          if (lines !== undefined && sizeBytes !== null)
            return t("gap.lines", {
              count: lines.to - lines.from + 1,
              from: format.number(lines.from),
              to: format.number(lines.to),
              size: format.bytes(sizeBytes),
              why,
            });
          return sizeBytes === null
            ? t("gap.unknown", { why })
            : t("gap.known", { why, size: format.bytes(sizeBytes) });
        },
      },
      onPick: (line, isExtending) => latest.current.onPick(line, isExtending),
      onToggle: (line) => latest.current.onToggle(line),
      onStretch: (line) => latest.current.onStretch(line),
      onPoint(atMs) {
        const pointed = cursor?.getState().pointed;
        if (pointed?.by !== "log" || pointed.atMs !== atMs)
          cursor?.setState({ pointed: { atMs, by: "log" } });
      },
    }),
    [timeColumn, originMs, found, columns, ownerOf, cursor, t, format],
  );
}

function useFoundText(find: FindStore): FoundText | null {
  const isOpen = useStore(find, (state) => state.isOpen);
  const text = useStore(find, (state) => state.text);
  const isRegex = useStore(find, (state) => state.isRegex);
  const isCaseSensitive = useStore(find, (state) => state.isCaseSensitive);
  return useMemo(
    () => (isOpen && !isRegex ? { text, isCaseSensitive } : null),
    [isOpen, isRegex, text, isCaseSensitive],
  );
}
