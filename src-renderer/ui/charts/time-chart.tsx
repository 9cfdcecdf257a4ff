import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { TimeCursor } from "../time-cursor.ts";
import { useLanguage } from "../use-language.ts";
import css from "./time-chart.module.css";

export interface TimePoint {
  readonly atMs: number;
  readonly value: number;
}

export interface TimeChartProps {
  readonly title: string;
  /** Stands behind the title; empty when the values carry it. */
  readonly unit: string;
  /** Oldest first. */
  readonly points: readonly TimePoint[];
  readonly format: (value: number) => string;
  readonly heightPx: number;
  readonly tone: "blue" | "green" | "amber";
  /** Charts of one group share their cursor. */
  readonly cursorGroup: string;
  /** A moment shared with what is no chart. */
  readonly cursor?: TimeCursor;
  /** Ticks at powers of two, for sizes. */
  readonly isBinary?: boolean;
}

/** One value over time. */
export function TimeChart(props: TimeChartProps) {
  const { title, unit, points, format, heightPx, tone, cursorGroup, cursor, isBinary = false } = props;
  const scheme = useComputedColorScheme("light");
  const language = useLanguage();
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ points, format });
  latest.current = { points, format };

  // The canvas cannot follow style sheets: another scheme is another chart.
  useEffect(() => {
    const parent = frame.current;
    if (parent === null) return;
    const own = new uPlot(
      optionsOf({
        colors: colorsOf(parent, tone, scheme),
        format: (value) => latest.current.format(value),
        size: { width: parent.clientWidth, height: heightPx },
        language,
        cursorGroup,
        isBinary,
      }),
      columnsOf(latest.current.points),
      parent,
    );
    chart.current = own;
    const resized = new ResizeObserver(() => own.setSize({ width: parent.clientWidth, height: heightPx }));
    resized.observe(parent);
    const unshare = cursor === undefined ? null : shareCursor(own, cursor);
    return () => {
      unshare?.();
      resized.disconnect();
      own.destroy();
      chart.current = null;
    };
  }, [cursor, scheme, language, tone, heightPx, cursorGroup, isBinary]);

  useEffect(() => chart.current?.setData(columnsOf(points)), [points]);

  const last = points.at(-1);
  return (
    <figure className={css["figure"]} aria-label={title}>
      <figcaption className={css["caption"]}>
        <span>
          {title}
          {unit !== "" && <span className={css["unit"]}>{unit}</span>}
        </span>
        {last !== undefined && <span className={css["last"]}>{format(last.value)}</span>}
      </figcaption>
      <div ref={frame} className={css["plot"]} style={{ height: heightPx }} />
    </figure>
  );
}

/** Tells others where this chart is pointed at and pressed, and shows where the log is pointed at. */
function shareCursor(chart: uPlot, cursor: TimeCursor): () => void {
  const { over } = chart;
  const momentAt = (event: MouseEvent) => {
    const left = event.clientX - over.getBoundingClientRect().left;
    return chart.posToVal(left, "x") * 1000;
  };
  const onMove = (event: MouseEvent) => cursor.setState({ pointed: { atMs: momentAt(event), by: "chart" } });
  const onLeave = () => cursor.setState({ pointed: null });
  const onClick = (event: MouseEvent) => cursor.setState({ asked: { atMs: momentAt(event) } });
  over.addEventListener("mousemove", onMove);
  over.addEventListener("mouseleave", onLeave);
  over.addEventListener("click", onClick);
  const unsubscribe = cursor.subscribe(({ pointed }) => {
    if (pointed?.by === "chart") return;
    const left = pointed === null ? -10 : chart.valToPos(pointed.atMs / 1000, "x");
    chart.setCursor({ left, top: pointed === null ? -10 : over.clientHeight / 2 }, true);
  });
  return () => {
    unsubscribe();
    over.removeEventListener("mousemove", onMove);
    over.removeEventListener("mouseleave", onLeave);
    over.removeEventListener("click", onClick);
  };
}

function columnsOf(points: readonly TimePoint[]): uPlot.AlignedData {
  return [points.map((point) => point.atMs / 1000), points.map((point) => point.value)];
}

interface ChartColors {
  readonly line: string;
  readonly fill: string;
  readonly text: string;
  readonly grid: string;
}

/** `scheme` decides which values the style sheets hold when this is called. */
function colorsOf(element: HTMLElement, tone: TimeChartProps["tone"], scheme: "light" | "dark"): ChartColors {
  const style = getComputedStyle(element);
  const line = style.getPropertyValue(`--ph-${tone}`).trim();
  return {
    line,
    fill: `${line}${scheme === "dark" ? "2b" : "1f"}`,
    text: style.getPropertyValue("--ph-text-2").trim(),
    grid: style.getPropertyValue("--ph-border").trim(),
  };
}

interface ChartMake {
  readonly colors: ChartColors;
  readonly format: (value: number) => string;
  readonly size: { readonly width: number; readonly height: number };
  readonly language: string;
  readonly cursorGroup: string;
  readonly isBinary: boolean;
}

const VALUE_AXIS_PX = 64;
const BINARY_STEPS = Array.from({ length: 50 }, (_, exponent) => 2 ** exponent);
const SECOND_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

function optionsOf({ colors, format, size, language, cursorGroup, isBinary }: ChartMake): uPlot.Options {
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
  const axis = {
    stroke: colors.text,
    font: "11px system-ui, sans-serif",
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
  } satisfies uPlot.Axis;
  return {
    ...size,
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: cursorGroup, scales: ["x", null] },
      y: false,
      points: { size: 7 },
      drag: { x: false, y: false },
    },
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(high * 1.1, Number.EPSILON)] } },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 4,
        space: 84,
        incrs: SECOND_STEPS,
        values: (_chart, splits) => splits.map((split) => clock.format(split * 1000)),
      },
      {
        ...axis,
        size: VALUE_AXIS_PX,
        gap: 6,
        space: 28,
        ...(isBinary ? { incrs: BINARY_STEPS } : {}),
        values: (_chart, splits) => splits.map(format),
      },
    ],
    series: [{}, { stroke: colors.line, width: 1.5, fill: colors.fill, points: { show: false } }],
    plugins: [cursorNote({ format, clock: (atMs) => clock.format(atMs) })],
  };
}

/** Shows time and value at the cursor; made of text nodes only. */
function cursorNote(words: {
  format: (value: number) => string;
  clock: (atMs: number) => string;
}): uPlot.Plugin {
  const note = document.createElement("div");
  note.className = css["note"] ?? "";
  return {
    hooks: {
      init: (chart) => chart.over.append(note),
      setCursor(chart) {
        const index = chart.cursor.idx;
        const time = index === null || index === undefined ? undefined : chart.data[0][index];
        const value = index === null || index === undefined ? undefined : chart.data[1]?.[index];
        note.hidden = time === undefined || value === undefined || value === null;
        if (time === undefined || value === undefined || value === null) return;
        note.textContent = `${words.clock(time * 1000)}  ${words.format(value)}`;
        const isRight = (chart.cursor.left ?? 0) > chart.over.clientWidth / 2;
        note.dataset["side"] = isRight ? "left" : "right";
      },
    },
  };
}
