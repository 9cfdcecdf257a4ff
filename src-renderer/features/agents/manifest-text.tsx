import { useTranslation } from "react-i18next";
import type { Agent } from "#contract/agent.ts";
import { useManifestText } from "../../rpc/index.ts";
import { CopyButton, ErrorPanel, Mono, Panel } from "../../ui/index.ts";
import classes from "./agents.module.css";
import { ProblemSentence } from "./problem-list.tsx";

/** `agent.yaml` as it is on disk, with each fault below its line. */
export function ManifestText({ agent }: { readonly agent: Agent }) {
  const { t } = useTranslation("agents");
  const text = useManifestText(agent.name);
  if (text.failure !== null) return <ErrorPanel failure={text.failure} onRetry={text.refetch} />;
  if (text.data === undefined) return null;
  const lines = text.data.replace(/\n$/, "").split("\n");
  return (
    <Panel
      title={<Mono>{`${agent.folder}/agent.yaml`}</Mono>}
      actions={<CopyButton value={text.data} />}
      isFlush
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
      <section className={classes.manifest} aria-label={t("manifest.label")} tabIndex={0}>
        {lines.map((line, index) => {
          const number = index + 1;
          const problems = agent.problems.filter((problem) => problem.line === number);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <div key={index} className={classes.manifestLine} data-faulty={problems.length > 0 || undefined}>
              <span className={classes.manifestNumber}>{number}</span>
              <span className={classes.manifestText}>{line}</span>
              {problems.map((problem) => (
                <span key={problem.key + problem.problem} className={classes.manifestProblem}>
                  <ProblemSentence problem={problem} />
                </span>
              ))}
            </div>
          );
        })}
      </section>
    </Panel>
  );
}
