import { Button } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Variable, VariableChange, VariableRef } from "#contract/variable.ts";
import { useCommand, useLiveVariables, useRpc, useVariableHistory } from "../../rpc/index.ts";
import {
  Aside,
  AsideHead,
  CopyButton,
  ErrorPanel,
  type Fact,
  KeyValueList,
  Mono,
  parts,
  RelativeTime,
} from "../../ui/index.ts";
import { paths, showDone, showFailure, useAskFirst, useDialogParam } from "../../workbench/index.ts";
import { variableKey } from "./variable-value.ts";
import classes from "./variables.module.css";

interface VariablePanelProps {
  readonly variable: VariableRef;
  readonly onClose: () => void;
}

/** One variable: its value, who gets it, and every value it had. */
export function VariablePanel({ variable: ref, onClose }: VariablePanelProps) {
  const { t } = useTranslation("variables");
  const variables = useLiveVariables().data ?? [];
  const found = variables.find((each) => variableKey(each) === variableKey(ref));
  const history = useVariableHistory(ref);
  return (
    <Aside label={ref.name}>
      <AsideHead
        title={ref.name}
        note={ref.agent === null ? t("scope.all") : t("scope.one", { agent: ref.agent })}
        closeLabel={t("panel.close")}
        onClose={onClose}
      />
      {found === undefined ? (
        <p className={parts["dimmed"]}>{t("panel.gone")}</p>
      ) : (
        <Present variable={found} />
      )}
      <section>
        <h3>{t("panel.history")}</h3>
        {history.failure !== null && <ErrorPanel failure={history.failure} isInline />}
        <ol className={classes["history"]}>
          {history.data?.map((change) => (
            <Change key={change.seq} change={change} />
          ))}
        </ol>
      </section>
    </Aside>
  );
}

function Present({ variable }: { readonly variable: Variable }) {
  const { t } = useTranslation("variables");
  const dialog = useDialogParam("variable");
  const rpc = useRpc();
  const ask = useAskFirst();
  const { name, agent, usedBy } = variable;
  const remove = useCommand((request: VariableRef) => rpc.variables.remove.mutate(request), {
    onDone: () => showDone(t("done.removed", { name })),
    onFailure: showFailure,
  });
  const facts: readonly Fact[] = [
    {
      key: "value",
      label: t("list.value"),
      value: (
        <span className={classes["shownValue"]}>
          <Mono>{variable.value === "" ? t("panel.emptyText") : variable.value}</Mono>
          <CopyButton value={variable.value} label={t("panel.copy")} />
        </span>
      ),
    },
    { key: "type", label: t("list.type"), value: t(`type.${variable.type}`) },
    { key: "changed", label: t("list.changed"), value: <RelativeTime atMs={variable.changedAtMs} /> },
    {
      key: "usedBy",
      label: t("list.usedBy"),
      value:
        usedBy.length === 0 ? (
          t("panel.unused")
        ) : (
          <span className={classes["links"]}>
            {usedBy.map((each) => (
              <Link key={each} to={paths.agent(each)}>
                {each}
              </Link>
            ))}
          </span>
        ),
    },
  ];
  return (
    <>
      <div className={classes["acts"]}>
        <Button
          variant="default"
          leftSection={<IconPencil size={14} />}
          onClick={() => dialog.open(`edit:${variableKey(variable)}`)}
        >
          {t("act.edit")}
        </Button>
        <Button
          variant="subtle"
          color="red"
          leftSection={<IconTrash size={14} />}
          loading={remove.isBusy}
          onClick={() =>
            ask({
              title: t("remove.title", { name }),
              text:
                usedBy.length === 0
                  ? t("remove.unused")
                  : t("remove.used", { count: usedBy.length, agents: usedBy.join(", ") }),
              confirm: t("remove.confirm"),
              onConfirm: () => remove.run({ name, agent }),
            })
          }
        >
          {t("act.remove")}
        </Button>
      </div>
      <KeyValueList facts={facts} />
    </>
  );
}

function Change({ change: { value, who, door, atMs } }: { readonly change: VariableChange }) {
  const { t } = useTranslation(["variables", "audit"]);
  return (
    <li>
      <span className={classes["historyValue"]}>
        {value === null ? <em>{t("panel.removed")}</em> : <Mono>{value}</Mono>}
      </span>
      <span className={parts["dimmed"]}>
        {t("panel.by", { who, door: t(`audit:door.${door}`) })} · <RelativeTime atMs={atMs} />
      </span>
    </li>
  );
}
