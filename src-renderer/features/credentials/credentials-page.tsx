import { Button } from "@mantine/core";
import { IconFileImport, IconKey, IconPlus } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearchParams } from "wouter";
import type { Credential } from "#contract/credential.ts";
import { useLiveCredentials } from "../../rpc/index.ts";
import {
  Aside,
  type Column,
  DataTable,
  EmptyState,
  ErrorPanel,
  ListAndAside,
  Page,
  PageHeader,
  parts,
  RelativeTime,
  SearchField,
} from "../../ui/index.ts";
import { PlaceTabs, paths, useDialogParam } from "../../workbench/index.ts";
import { VaultNotice } from "../vault/index.tsx";
import { CredentialPanel } from "./credential-panel.tsx";
import { Expiry, Waiting } from "./credential-words.tsx";
import classes from "./credentials.module.css";

function useColumns(isBeside: boolean): readonly Column<Credential>[] {
  const { t } = useTranslation("credentials");
  return useMemo(() => {
    const name: Column<Credential> = {
      key: "name",
      header: t("list.name"),
      width: "minmax(200px, 2.4fr)",
      sortValue: (row) => row.name,
      render: (row) => (
        <span className={parts["nameCell"]}>
          <strong>{row.name}</strong>
          <Waiting credential={row} />
          <span className={parts["dimmed"]} title={row.label}>
            {row.label}
          </span>
        </span>
      ),
    };
    const kind: Column<Credential> = {
      key: "kind",
      header: t("list.kind"),
      width: "minmax(104px, 144px)",
      sortValue: (row) => row.kind,
      render: (row) => <span>{t(`kind.${row.kind}`)}</span>,
    };
    const expiry: Column<Credential> = {
      key: "expires",
      header: t("list.expires"),
      width: "minmax(172px, 212px)",
      sortValue: (row) => row.expiresAtMs,
      render: (row) => <Expiry credential={row} />,
    };
    const rest: readonly Column<Credential>[] = [
      {
        key: "used",
        header: t("list.lastUsed"),
        width: "minmax(104px, 120px)",
        beginsDescending: true,
        sortValue: (row) => row.lastUsedAtMs,
        render: (row) => <RelativeTime atMs={row.lastUsedAtMs} />,
      },
      {
        key: "usedBy",
        header: t("list.usedBy"),
        width: "minmax(120px, 1fr)",
        render: (row) => <Names names={[...new Set(row.usedBy.map(({ agent }) => agent))]} />,
      },
      {
        key: "allowed",
        header: t("list.allowed"),
        width: "minmax(120px, 1fr)",
        render: (row) => <Names names={row.allowedAgents} />,
      },
    ];
    return isBeside ? [name, kind] : [name, kind, expiry, ...rest];
  }, [t, isBeside]);
}

function Names({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return <span className={parts["dimmed"]}>–</span>;
  const text = names.join(", ");
  return (
    <span className={classes["names"]} title={text}>
      {text}
    </span>
  );
}

function matches({ name, label, namedBy, allowedAgents }: Credential, search: string): boolean {
  const text = [name, label, ...namedBy, ...allowedAgents].join(" ").toLocaleLowerCase();
  return text.includes(search.trim().toLocaleLowerCase());
}

/** All credentials, and beside them the one the address names. */
export function CredentialsPage({ shown }: { readonly shown: string | null }) {
  const { t } = useTranslation("credentials");
  const [, navigate] = useLocation();
  const [params, setParams] = useSearchParams();
  const dialog = useDialogParam("credential");
  const credentials = useLiveCredentials();
  const columns = useColumns(shown !== null);
  const all = credentials.data ?? [];
  const search = params.get("search") ?? "";
  const rows = all.filter((row) => matches(row, search));
  const open = all.find((row) => row.name === shown);

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
              onSearch={(typed) => setParams(typed === "" ? {} : { search: typed }, { replace: true })}
            />
            <Button
              variant="default"
              leftSection={<IconFileImport size={14} />}
              onClick={() => dialog.open("import")}
            >
              {t("list.import")}
            </Button>
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
      <VaultNotice />
      {credentials.failure !== null && (
        <ErrorPanel failure={credentials.failure} onRetry={credentials.refetch} />
      )}
      {credentials.data?.length === 0 && <NoCredentials onOpen={dialog.open} />}
      {all.length > 0 && (
        <ListAndAside
          aside={
            shown === null ? null : (
              <Aside label={shown}>
                {open === undefined ? (
                  <p className={parts["nothing"]}>{t("panel.gone", { name: shown })}</p>
                ) : (
                  <CredentialPanel key={open.name} credential={open} />
                )}
              </Aside>
            )
          }
        >
          <DataTable
            label={t("title")}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.name}
            initialSort={{ column: "name", isDescending: false }}
            {...(open === undefined ? {} : { activeKey: open.name })}
            isFitting
            onOpen={(row) => navigate(paths.credential(row.name))}
            empty={<p className={parts["nothing"]}>{t("list.nothing", { search })}</p>}
          />
        </ListAndAside>
      )}
    </Page>
  );
}

function NoCredentials({ onOpen }: { readonly onOpen: (dialog: string) => void }) {
  const { t } = useTranslation("credentials");
  return (
    <EmptyState
      icon={<IconKey size={40} stroke={1.3} />}
      title={t("list.emptyTitle")}
      hint={t("list.emptyHint")}
    >
      <Button size="sm" onClick={() => onOpen("new")}>
        {t("list.add")}
      </Button>
      <Button size="sm" variant="default" onClick={() => onOpen("import")}>
        {t("list.importEnv")}
      </Button>
    </EmptyState>
  );
}
