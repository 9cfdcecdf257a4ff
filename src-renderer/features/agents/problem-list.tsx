import { useTranslation } from "react-i18next";
import type { ManifestProblem } from "#contract/agent.ts";
import { problemText, usePhraseWords } from "../../ui/index.ts";
import classes from "./agents.module.css";

/** Faults of a manifest, each with its key, its place and what would be right. */
export function ProblemList({ problems }: { readonly problems: readonly ManifestProblem[] }) {
  const { t } = useTranslation("agents");
  return (
    <ul className={classes.problems}>
      {problems.map((problem) => (
        <li key={`${problem.line}:${problem.column} ${problem.key} ${problem.problem}`}>
          {problem.key !== "" && <code>{problem.key}</code>}{" "}
          <span className={classes.place}>
            {t("problem.place", { line: problem.line, column: problem.column })}
          </span>
          <div>
            <ProblemSentence problem={problem} />
          </div>
        </li>
      ))}
    </ul>
  );
}

/** What is wrong and what would be right, in the language of the page. */
export function ProblemSentence({ problem }: { readonly problem: ManifestProblem }) {
  const { t } = useTranslation("agents");
  const { problem: said, expected } = problemText(problem, usePhraseWords());
  const end = /[.!?]$/.test(said) ? "" : ".";
  return `${said}${end}${expected === "" ? "" : ` ${t("problem.expected", { expected })}`}`;
}
