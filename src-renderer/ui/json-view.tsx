import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./parts.module.css";

const OPEN_DEPTH = 2;
/** Longer lists are cut here; the text can still be copied whole. */
const MAX_CHILDREN = 200;

interface NodeProps {
  readonly name: string | null;
  readonly value: unknown;
  readonly depth: number;
  readonly openDepth: number;
}

function Leaf({ value }: { readonly value: unknown }) {
  return (
    <span className={classes.jsonLeaf} data-kind={value === null ? "null" : typeof value}>
      {JSON.stringify(value)}
    </span>
  );
}

function Branch({ name, value, depth, openDepth }: NodeProps & { readonly value: object }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(depth < openDepth);
  const entries: (readonly [string | null, unknown])[] = Array.isArray(value)
    ? value.map((item: unknown) => [null, item] as const)
    : Object.entries(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return (
    <div>
      <button
        type="button"
        className={classes.jsonToggle}
        aria-expanded={isOpen}
        aria-label={isOpen ? t("json.collapse") : t("json.expand")}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? "▾" : "▸"}
      </button>
      <Name name={name} />
      <span>{open}</span>
      {isOpen ? (
        <div className={classes.jsonChildren}>
          {entries.slice(0, MAX_CHILDREN).map(([key, item], index) => (
            <Node
              key={key ?? String(index)}
              name={key}
              value={item}
              depth={depth + 1}
              openDepth={openDepth}
            />
          ))}
          {entries.length > MAX_CHILDREN && <div>… {t("json.items", { count: entries.length })}</div>}
        </div>
      ) : (
        <span className={classes.dimmed}> {t("json.items", { count: entries.length })} </span>
      )}
      <span>{close}</span>
    </div>
  );
}

function Name({ name }: { readonly name: string | null }): ReactNode {
  return name === null ? null : <span className={classes.jsonName}>{name}: </span>;
}

function Node({ name, value, depth, openDepth }: NodeProps) {
  if (value !== null && typeof value === "object" && Object.keys(value).length > 0) {
    return <Branch name={name} value={value} depth={depth} openDepth={openDepth} />;
  }
  return (
    <div>
      <Name name={name} />
      <Leaf value={value} />
    </div>
  );
}

interface JsonViewProps {
  readonly json: string;
  /** Values deeper than this begin folded. */
  readonly openDepth?: number;
}

/** A JSON value as a tree; text that is no JSON is shown as it is. */
export function JsonView({ json, openDepth = OPEN_DEPTH }: JsonViewProps) {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // Nothing is lost: the text itself is shown.
    return <pre className={classes.json}>{json}</pre>;
  }
  return (
    <div className={classes.json}>
      <Node name={null} value={value} depth={0} openDepth={openDepth} />
    </div>
  );
}
