import { lazyPart } from "../lazy-part.tsx";
import type { TimeChartProps } from "./time-chart.tsx";

export type { TimeChartProps, TimePoint } from "./time-chart.tsx";

/** One value over time; the chart library is loaded when a chart is first shown. */
export const TimeChart = lazyPart<TimeChartProps>(async () => (await import("./time-chart.tsx")).TimeChart);
