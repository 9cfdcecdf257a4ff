import { useMemo } from "react";
import css from "./log-view.module.css";
import { type MarkedSpan, markHits } from "./mark-hits.ts";
import { type SpanStyle, safeSpans } from "./safe-spans.ts";

/** Characters of a line that are shown before a person asks for more. */
export const SHOWN_CHARACTERS = 2_000;

/** What is marked in a line: the text of a search; patterns are found by the engine and marked by line. */
export interface FoundText {
  readonly text: string;
  readonly isCaseSensitive: boolean;
}

export interface TextProps {
  readonly text: string;
  readonly isExpanded: boolean;
  readonly find: FoundText | null;
}

export function LineText({ text, isExpanded, find }: TextProps) {
  const shown = isExpanded ? text : cut(text);
  const spans = useMemo(
    () => markHits(safeSpans(shown), find?.text ?? "", find?.isCaseSensitive ?? false),
    [shown, find],
  );
  // biome-ignore lint/suspicious/noArrayIndexKey: a piece of a line is nothing but its place
  return spans.map((span, index) => <SpanText key={index} span={span} />);
}

function SpanText({ span }: { readonly span: MarkedSpan }) {
  const className = classesOf(span.style, span.kind === "control");
  if (span.isHit) return <mark className={className}>{span.text}</mark>;
  return className === "" ? span.text : <span className={className}>{span.text}</span>;
}

const FLAGS: readonly (readonly [keyof SpanStyle, string])[] = [
  ["isBold", "bold"],
  ["isDim", "dim"],
  ["isItalic", "italic"],
  ["isUnderlined", "underlined"],
  ["isStruck", "struck"],
  ["isInverse", "inverse"],
];

function classesOf(style: SpanStyle, isControl: boolean): string {
  const classes = FLAGS.filter(([flag]) => style[flag] === true).map(([, name]) => css[name]);
  if (style.color !== null) classes.push(css[`color-${style.color}`]);
  if (style.ground !== null) classes.push(css[`ground-${style.ground}`]);
  if (isControl) classes.push(css["control"]);
  return classes.join(" ");
}

/** The beginning of a long text, never half a character. */
function cut(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  const last = text.charCodeAt(SHOWN_CHARACTERS - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, SHOWN_CHARACTERS - (isHalf ? 1 : 0));
}
