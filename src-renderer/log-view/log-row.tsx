import { type MouseEvent, memo, type ReactNode } from "react";
import type { RunId } from "#contract/ids.ts";
import type { LineDetails, LogStream, OutputGap } from "#contract/log.ts";
import { widthProperty } from "./column-width.ts";
import { type FoundText, LineText, SHOWN_CHARACTERS } from "./line-text.tsx";
import { formatLineTime, formatLineTimeInFull, type TimeColumn } from "./line-time.ts";
import type { ViewLine } from "./log-source.ts";
import css from "./log-view.module.css";
import type { LongLine } from "./long-lines.ts";

/** Whose lines these are, where lines of several agents are in view. */
export interface LineOwner {
  readonly agent: string;
  /** Which of the few colours of agents. */
  readonly tone: number;
}

/** How rows are shown; one object for all rows, so that a row is rendered anew only when something of it changed. */
export interface RowOptions {
  readonly timeColumn: TimeColumn;
  /** What relative times count from, milliseconds since the epoch. */
  readonly originMs: number;
  readonly find: FoundText | null;
  /** Names of fields that stand in columns of their own. */
  readonly columns: readonly string[];
  readonly ownerOf: ((runId: RunId) => LineOwner) | null;
  readonly words: {
    readonly cut: string;
    readonly more: (count: number) => string;
    readonly stretch: (shown: number, sizeBytes: number) => string;
    readonly reading: string;
    readonly gap: (gap: OutputGap) => string;
  };
  readonly onPick: (number: number, isExtending: boolean) => void;
  readonly onToggle: (number: number) => void;
  /** More of a very long line is wanted. */
  readonly onStretch: (line: ViewLine) => void;
  readonly onPoint: (atMs: number) => void;
}

interface LogRowProps {
  readonly line: ViewLine;
  readonly options: RowOptions;
  readonly isPicked: boolean;
  readonly isHit: boolean;
  readonly isExpanded: boolean;
  /** What was read of a very long line beyond what a page carries. */
  readonly long: LongLine | undefined;
  /** Stands below the line: what happened at this moment. */
  readonly below: ReactNode;
}

export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { line, options, isPicked, isHit, isExpanded, long } = props;
  const fields = structureOf(line);
  const isLong = line.text.length > SHOWN_CHARACTERS || line.isCut;
  const pick = (event: MouseEvent) => options.onPick(line.number, event.shiftKey);
  return (
    <div
      className={css["row"]}
      data-stream={line.stream}
      data-level={line.details?.level ?? undefined}
      data-gap={line.gap !== undefined || undefined}
      data-picked={isPicked || undefined}
      data-hit={isHit || undefined}
      data-expanded={isExpanded || undefined}
      onPointerMove={() => options.onPoint(line.atMs)}
    >
      <Owner line={line} options={options} />
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the view's own keys move and extend the picked lines */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above; a button per line would flood the tab order */}
      <span className={css["number"]} onClick={pick}>
        {line.origin?.number ?? line.number}
      </span>
      <RowTime atMs={line.details?.atMs ?? line.atMs} options={options} />
      <StreamMark stream={line.stream} />
      <Columns details={fields} options={options} />
      <span className={css["text"]}>
        <Content {...props} details={fields} />
        {(fields !== null || isLong) && (
          <button
            type="button"
            tabIndex={-1}
            className={css["more"]}
            aria-expanded={isExpanded}
            onClick={() => options.onToggle(line.number)}
          >
            {moreLabel(fields, isExpanded, () => options.words.more(line.text.length - SHOWN_CHARACTERS))}
          </button>
        )}
        {line.isCut && isExpanded && <Stretch line={line} long={long} options={options} />}
        {props.below !== null && <span className={css["below"]}>{props.below}</span>}
      </span>
    </div>
  );
});

/** What the run printed, or in its place what is known of output that is missing. */
function Content({
  details,
  isExpanded,
  line,
  long,
  options,
}: LogRowProps & { readonly details: LineDetails | null }) {
  if (line.gap !== undefined) return <span title={line.text}>{options.words.gap(line.gap)}</span>;
  if (details !== null)
    return <Fields line={line} details={details} isExpanded={isExpanded} options={options} />;
  const text = (isExpanded && long?.text) || line.text;
  return <LineText text={text} isExpanded={isExpanded} find={options.find} />;
}

/** What a line says by itself, when it is made of names and values. */
function structureOf({ details }: ViewLine): LineDetails | null {
  return details?.format === "json" || details?.format === "logfmt" ? details : null;
}

function moreLabel(fields: LineDetails | null, isExpanded: boolean, more: () => string): string {
  if (isExpanded) return "▴";
  return fields === null ? more() : "▾";
}

/** Which stream a line came from, said by a word and not by colour alone. */
export function StreamMark({ stream }: { readonly stream: LogStream }) {
  return <span className={css["stream"]}>{stream === "stderr" ? "err" : ""}</span>;
}

function RowTime({ atMs, options }: { readonly atMs: number; readonly options: RowOptions }) {
  if (options.timeColumn === "none") return null;
  return (
    <span className={css["time"]} title={formatLineTimeInFull(atMs)}>
      {formatLineTime(atMs, options.timeColumn, options.originMs)}
    </span>
  );
}

function Owner({ line, options }: { readonly line: ViewLine; readonly options: RowOptions }) {
  if (options.ownerOf === null || line.origin === undefined) return null;
  return <OwnerMark owner={options.ownerOf(line.origin.runId)} />;
}

/** Whose line it is: a name, and a colour that is the same everywhere in the view. */
export function OwnerMark({ owner }: { readonly owner: LineOwner }) {
  return (
    <span className={css["owner"]} data-tone={owner.tone} title={owner.agent}>
      {owner.agent}
    </span>
  );
}

const COLUMN_CHARACTERS = 200;

function Columns({
  details,
  options,
}: {
  readonly details: LineDetails | null;
  readonly options: RowOptions;
}) {
  return options.columns.map((name, index) => {
    const value = details?.fields[name] ?? "";
    return (
      <span
        key={name}
        className={css["column"]}
        style={{ width: `var(${widthProperty(index)})` }}
        title={value.slice(0, COLUMN_CHARACTERS)}
      >
        <LineText text={value.slice(0, COLUMN_CHARACTERS)} isExpanded={false} find={options.find} />
      </span>
    );
  });
}

interface FieldsProps {
  readonly line: ViewLine;
  readonly details: LineDetails;
  readonly isExpanded: boolean;
  readonly options: RowOptions;
}

function Fields({ line, details, isExpanded, options }: FieldsProps) {
  const { find, columns } = options;
  const rest = Object.entries(details.fields).filter(([name]) => !columns.includes(name));
  return (
    <>
      {details.level !== null && <span className={css["level"]}>{details.level.toUpperCase()}</span>}
      <LineText text={details.message} isExpanded={isExpanded} find={find} />
      {!isExpanded &&
        rest.map(([name, value]) => (
          <span key={name} className={css["field"]}>
            <span className={css["fieldName"]}>
              <LineText text={name} isExpanded={false} find={find} />=
            </span>
            <LineText text={value.slice(0, 200)} isExpanded={false} find={find} />
          </span>
        ))}
      {isExpanded && (
        <span className={css["pretty"]}>
          {prettyOf(line, details).map((text, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line of this text is nothing but its place
            <span key={index} className={css["prettyLine"]}>
              <LineText text={text} isExpanded find={find} />
            </span>
          ))}
        </span>
      )}
    </>
  );
}

const PRETTY_LINES = 500;

/** The line as a person would lay it out. */
function prettyOf({ text }: ViewLine, { format, fields }: LineDetails): readonly string[] {
  if (format === "json") {
    try {
      return JSON.stringify(JSON.parse(text), null, 2).split("\n").slice(0, PRETTY_LINES);
    } catch {
      // The text is only the beginning of a long line: its fields are all that is known.
    }
  }
  return Object.entries(fields).map(([name, value]) => `${name} = ${value}`);
}

function Stretch({ line, long, options }: Pick<LogRowProps, "line" | "long" | "options">) {
  if (long?.nextByte === null) return null;
  const { words } = options;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={css["more"]}
      disabled={long?.isReading}
      onClick={() => options.onStretch(line)}
    >
      {long?.isReading === true
        ? words.reading
        : words.stretch(long?.nextByte ?? line.text.length, long?.sizeBytes ?? 0)}
    </button>
  );
}
