import { SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Container, ContainerDetails, EngineId } from "#contract/engine.ts";
import { useLiveContainerDetails } from "../../rpc/index.ts";
import {
  CopyButton,
  ErrorPanel,
  type Fact,
  JsonView,
  KeyValueList,
  Mono,
  parts,
  RelativeTime,
  SearchField,
} from "../../ui/index.ts";
import css from "./container-page.module.css";
import { portTexts } from "./engine-words.ts";
import { searchJson } from "./json-search.ts";

interface ContainerInspectProps {
  readonly engine: EngineId;
  readonly container: Container;
}

/** Whatever the engine knows of a container: the facts, and all of it as a tree or as text. */
export function ContainerInspect({ engine, container }: ContainerInspectProps) {
  const details = useLiveContainerDetails(engine, container.id);
  if (details.failure !== null) return <ErrorPanel failure={details.failure} onRetry={details.refetch} />;
  if (details.data === undefined) return null;
  return (
    <div className={css["inspect"]}>
      <Facts container={container} details={details.data} />
      <Everything json={details.data.inspectJson} />
    </div>
  );
}

function Facts({
  container,
  details,
}: {
  readonly container: Container;
  readonly details: ContainerDetails;
}) {
  const { t } = useTranslation("engines");
  const ports = portTexts(container);
  const facts: (Fact & { readonly isShown: boolean })[] = [
    { key: "id", label: t("fact.id"), value: <Mono>{container.id}</Mono>, isShown: true },
    {
      key: "created",
      label: t("fact.created"),
      value: <RelativeTime atMs={container.createdAtMs} />,
      isShown: true,
    },
    {
      key: "started",
      label: t("fact.started"),
      value: <RelativeTime atMs={container.startedAtMs} />,
      isShown: true,
    },
    {
      key: "finished",
      label: t("fact.finished"),
      value: <RelativeTime atMs={details.finishedAtMs} />,
      isShown: details.finishedAtMs !== null,
    },
    {
      key: "exitCode",
      label: t("fact.exitCode"),
      value: container.exitCode,
      isShown: container.exitCode !== null,
    },
    { key: "memory", label: t("fact.memory"), value: t("fact.outOfMemory"), isShown: details.wasOutOfMemory },
    { key: "ports", label: t("column.ports"), value: ports.join(", "), isShown: ports.length > 0 },
    { key: "terminal", label: t("fact.terminal"), value: t("fact.hasTerminal"), isShown: details.hasTty },
  ];
  return <KeyValueList facts={facts.filter(({ isShown }) => isShown)} />;
}

function Everything({ json }: { readonly json: string }) {
  const { t } = useTranslation("engines");
  const [form, setForm] = useState<"tree" | "text">("tree");
  const [text, setText] = useState("");
  const found = useMemo(() => JSON.stringify(searchJson(parsed(json), text), null, 2), [json, text]);
  return (
    <section aria-label={t("inspect.label")}>
      <div className={css["bar"]}>
        <SearchField className={css["search"]} label={t("inspect.search")} value={text} onSearch={setText} />
        <SegmentedControl
          size="xs"
          aria-label={t("inspect.form")}
          data={[
            { value: "tree", label: t("inspect.tree") },
            { value: "text", label: "JSON" },
          ]}
          value={form}
          onChange={(value) => setForm(value === "text" ? "text" : "tree")}
        />
        <CopyButton isText value={json} label={t("inspect.copy")} />
      </div>
      <div className={css["json"]}>
        {found === undefined && <p className={parts["dimmed"]}>{t("inspect.nothing")}</p>}
        {found !== undefined && form === "text" && <pre className={css["pre"]}>{found}</pre>}
        {found !== undefined && form === "tree" && (
          <JsonView key={text} json={found} {...(text.trim() === "" ? {} : { openDepth: ALL })} />
        )}
      </div>
    </section>
  );
}

const ALL = 100;

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    // Nothing is lost: what the engine said is shown as one text.
    return json;
  }
}
