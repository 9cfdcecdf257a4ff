import { type PointerEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import type { FindStore, HitMark } from "./find-in-log.ts";
import css from "./log-view.module.css";

const WIDTH_PX = 8;
const LEAST_PX = 2;

/** How strong each pixel row of a bar is, 0 to 1: the share of its most crowded mark. */
export function densityOf(marks: readonly HitMark[], heightPx: number): Float32Array {
  const density = new Float32Array(heightPx);
  const most = marks.reduce((highest, mark) => Math.max(highest, thickness(mark)), 0);
  for (const mark of marks) {
    const from = Math.min(heightPx - LEAST_PX, Math.floor(mark.from * heightPx));
    const to = Math.max(from + LEAST_PX, Math.ceil(mark.to * heightPx));
    const strength = 0.35 + (0.65 * thickness(mark)) / most;
    for (let y = Math.max(0, from); y < Math.min(heightPx, to); y += 1) {
      density[y] = Math.max(density[y] ?? 0, strength);
    }
  }
  return density;
}

function thickness({ from, to, count }: HitMark): number {
  return count / Math.max(to - from, Number.EPSILON);
}

interface DensityBarProps {
  readonly find: FindStore;
  /** A place was pressed; a share of the whole from 0 to 1. */
  readonly onGo: (share: number) => void;
}

/** Marks beside the scroll bar where the hits of a search are, all of them. */
export function DensityBar({ find, onGo }: DensityBarProps) {
  const { t } = useTranslation("log");
  const canvas = useRef<HTMLCanvasElement>(null);
  const marks = useStore(find, (state) => (state.isOpen ? state.marks : null));
  useEffect(() => {
    const element = canvas.current;
    if (element === null || marks === null) return;
    const paint = () => paintMarks(element, marks);
    const resized = new ResizeObserver(paint);
    resized.observe(element);
    return () => resized.disconnect();
  }, [marks]);
  if (marks === null || marks.length === 0) return null;
  const go = (event: PointerEvent<HTMLCanvasElement>) =>
    onGo(event.nativeEvent.offsetY / Math.max(1, event.currentTarget.clientHeight));
  return (
    <canvas
      ref={canvas}
      className={css["density"]}
      role="img"
      aria-label={t("hitMarks")}
      onPointerDown={go}
    />
  );
}

function paintMarks(canvas: HTMLCanvasElement, marks: readonly HitMark[]): void {
  const heightPx = canvas.clientHeight;
  const context = canvas.getContext("2d");
  if (context === null || heightPx === 0) return;
  canvas.width = WIDTH_PX;
  canvas.height = heightPx;
  context.fillStyle = getComputedStyle(canvas).getPropertyValue("--ph-amber").trim();
  for (const [y, strength] of densityOf(marks, heightPx).entries()) {
    if (strength === 0) continue;
    context.globalAlpha = strength;
    context.fillRect(0, y, WIDTH_PX, 1);
  }
}
