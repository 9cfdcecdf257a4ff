import { useComputedColorScheme } from "@mantine/core";
import { FitAddon } from "@xterm/addon-fit";
import { type ITheme, Terminal as Xterm } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { useEffect, useRef } from "react";
import css from "./container-shell.module.css";
import { withScriptedStyles } from "./style-sheets.ts";

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a terminal is connected to. */
export interface TerminalLine {
  /** Called once the size is known; `show` prints. The returned function hangs up. */
  readonly connect: (size: TerminalSize, show: (text: string) => void) => () => void;
  readonly onType: (text: string) => void;
  /** Characters that are bytes: reports of the mouse. */
  readonly onBinary: (binary: string) => void;
  readonly onResize: (size: TerminalSize) => void;
}

export interface TerminalProps {
  readonly label: string;
  readonly line: TerminalLine;
  /** Nothing more can be typed. */
  readonly isOver: boolean;
}

const SCROLLBACK_LINES = 5_000;

/** A terminal as wide and high as its place. Another `line` is another terminal. */
export function Terminal({ label, line, isOver }: TerminalProps) {
  const scheme = useComputedColorScheme("light");
  const frame = useRef<HTMLDivElement>(null);
  const terminal = useRef<Xterm | null>(null);

  useEffect(() => {
    const parent = frame.current;
    if (parent === null) return;
    const own = new Xterm({
      cursorBlink: false,
      fontFamily: getComputedStyle(parent).fontFamily,
      fontSize: 13,
      scrollback: SCROLLBACK_LINES,
      screenReaderMode: true,
      theme: themeOf(parent),
    });
    const fit = new FitAddon();
    own.loadAddon(fit);
    withScriptedStyles(() => own.open(parent));
    fit.fit();
    terminal.current = own;
    const hangUp = line.connect({ columns: own.cols, rows: own.rows }, (text) => own.write(text));
    own.onData(line.onType);
    own.onBinary(line.onBinary);
    own.onResize(({ cols, rows }) => line.onResize({ columns: cols, rows }));
    own.focus();
    const resized = new ResizeObserver(() => fit.fit());
    resized.observe(parent);
    return () => {
      resized.disconnect();
      hangUp();
      own.dispose();
      terminal.current = null;
    };
  }, [line]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme decides what the style sheets hold
  useEffect(() => {
    const { current: own } = terminal;
    if (own !== null && frame.current !== null) own.options.theme = themeOf(frame.current);
  }, [scheme]);
  useEffect(() => {
    if (terminal.current !== null) terminal.current.options.disableStdin = isOver;
  }, [isOver]);

  return <section ref={frame} className={css["terminal"]} aria-label={label} />;
}

/** Colours of the page, so that a terminal is light where the page is. */
function themeOf(element: HTMLElement): ITheme {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--ph-${name}`).trim();
  const [red, green, yellow, blue] = [token("red"), token("green"), token("amber"), token("blue")];
  const [text, dimmed] = [token("text"), token("text-2")];
  const magenta = style.getPropertyValue("--ansi-magenta").trim();
  const cyan = style.getPropertyValue("--ansi-cyan").trim();
  return {
    background: token("surface"),
    foreground: text,
    cursor: token("accent"),
    cursorAccent: token("surface"),
    selectionBackground: token("selected"),
    black: text,
    brightBlack: dimmed,
    white: dimmed,
    brightWhite: text,
    red,
    brightRed: red,
    green,
    brightGreen: green,
    yellow,
    brightYellow: yellow,
    blue,
    brightBlue: blue,
    magenta,
    brightMagenta: magenta,
    cyan,
    brightCyan: cyan,
  };
}
