import { Button } from "@mantine/core";
import { IconPlus, IconVariable } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "wouter";
import type { Variable } from "#contract/variable.ts";
import { useLiveVariables } from "../../rpc/index.ts";
import {
  type Column,
  DataTable,
  EmptyState,
  ErrorPanel,
  ListAndAside,
  Mono,
  Page,
  PageHeader,
  parts,
  RelativeTime,
  SearchField,
} from "../../ui/index.ts";
import { PlaceTabs, useDialogParam } from "../../workbench/index.ts";
import { VariablePanel } from "./variable-panel.tsx";
import { readVariableKey, variableKey } from "./variable-value.ts";
import classes from "./variables.module.css";

function useColumns(isBeside: boolean): readonly Column<Variable>[] {
  const { t } = useTranslation("variables");
  return useMemo(() => {
    const first: readonly Column<Variable>[] = [
      {
        key: "name",
        header: t("list.name"),
        width: "minmax(160px, 1.5fr)",
        sortValue: (row) => row.name,
        render: (row) => (
          <strong className={classes["name"]} title={row.name}>
            {row.name}
          </strong>
        ),
      },
      {
        key: "scope",
        header: t("list.scope"),
        width: "minmax(120px, 1fr)",
        sortValue: (row) => row.agent ?? "",
        render: (row) => (row.agent === null ? t("scope.all") : <span>{row.agent}</span>),
      },
      {
        key: "value",
        header: t("list.value"),
        width: "minmax(160px, 2fr)",
        render: (row) => (
          <span className={classes["value"]} title={row.value}>
            <Mono>{row.value}</Mono>
          </span>
        ),
      },
    ];
    const rest: readonly Column<Variable>[] = [
      {
        key: "type",
        header: t("list.type"),
        width: "112px",
        sortValue: (row) => row.type,
        render: (row) => <span>{t(`type.${row.type}`)}</span>,
      },
      {
        key: "changed",
        header: t("list.changed"),
        width: "minmax(112px, 136px)",
        beginsDescending: true,
        sortValue: (row) => row.changedAtMs,
        render: (row) => <RelativeTime atMs={row.changedAtMs} />,
      },
      {
        key: "usedBy",
        header: t("list.usedBy"),
        width: "minmax(120px, 1fr)",
        render: (row) => (
          <span className={classes["value"]} title={row.usedBy.join(", ")}>
            {row.usedBy.length === 0 ? "–" : row.usedBy.join(", ")}
          </span>
        ),
      },
    ];
    return isBeside ? first : [...first, ...rest];
  }, [t, isBeside]);
}

/** All variables, and beside them the one of `?show=`. */
export function VariablesPage() {
  const { t } = useTranslation("variables");
  const [params, setParams] = useSearchParams();
  const dialog = useDialogParam("variable");
  const variables = useLiveVariables();
  const shown = readVariableKey(params.get("show") ?? "");
  const columns = useColumns(shown !== null);
  const all = variables.data ?? [];
  const search = params.get("search") ?? "";
  const wanted = search.trim().toLocaleLowerCase();
  const rows = all.filter((row) =>
    `${row.name} ${row.agent ?? ""} ${row.value}`.toLocaleLowerCase().includes(wanted),
  );
  function put(key: "show" | "search", value: string): void {
    setParams(
      (current) => {
        const next = new URLSearchParams(current);
        if (value === "") next.delete(key);
        else next.set(key, value);
        return next;
      },
      { replace: key === "search" },
    );
  }
  const header = (
    <PageHeader
      title={t("title")}
      note={all.length > 0 ? t("list.count", { count: all.length }) : undefined}
      actions={
        all.length > 0 && (
          <>
            <SearchField
              label={t("list.search")}
              width={220}
              value={search}
              onSearch={(typed) => put("search", typed)}
            />
            <Button leftSection={<IconPlus size={14} />} onClick={() => dialog.open("new")}>
              {t("list.add")}
            </Button>
          </>
        )
      }
    />
  );
  return (
    <Page header={header} isFilling>
      <PlaceTabs />
      {variables.failure !== null && <ErrorPanel failure={variables.failure} onRetry={variables.refetch} />}
      {variables.data?.length === 0 && shown === null && (
        <EmptyState
          icon={<IconVariable size={40} stroke={1.3} />}
          title={t("list.emptyTitle")}
          hint={t("list.emptyHint")}
        >
          <Button size="sm" onClick={() => dialog.open("new")}>
            {t("list.add")}
          </Button>
        </EmptyState>
      )}
      {(all.length > 0 || shown !== null) && (
        <ListAndAside
          aside={
            shown === null ? null : (
              <VariablePanel key={variableKey(shown)} variable={shown} onClose={() => put("show", "")} />
            )
          }
        >
          <DataTable
            label={t("title")}
            columns={columns}
            rows={rows}
            rowKey={variableKey}
            initialSort={{ column: "name", isDescending: false }}
            {...(shown === null ? {} : { activeKey: variableKey(shown) })}
            isFitting
            onOpen={(row) => put("show", variableKey(row))}
            empty={<p className={parts["nothing"]}>{t("list.nothing", { search })}</p>}
          />
        </ListAndAside>
      )}
    </Page>
  );
}
