import { ActionIcon, Button, MultiSelect, Tooltip } from "@mantine/core";
import { IconCopy, IconPencil, IconRotate, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import type { ChangeCredential, CopyCredential, Credential, CredentialField } from "#contract/credential.ts";
import { type AgentName, agentNameSchema } from "#contract/ids.ts";
import { useCommand, useLiveAgents, useRpc } from "../../rpc/index.ts";
import {
  AsideHead,
  ErrorPanel,
  type Fact,
  KeyValueList,
  nowMs,
  parts,
  RelativeTime,
} from "../../ui/index.ts";
import { paths, showDone, showFailure, useAskFirst, useDialogParam } from "../../workbench/index.ts";
import { Expiry, waitingAgents } from "./credential-words.tsx";
import classes from "./credentials.module.css";

const MS_PER_SECOND = 1_000;

/** One credential: what is known of it, who gets it, who got it. Never a value. */
export function CredentialPanel({ credential }: { readonly credential: Credential }) {
  const { t } = useTranslation("credentials");
  const [, navigate] = useLocation();
  const dialog = useDialogParam("credential");
  const remove = useRemove(credential);
  const facts: readonly Fact[] = [
    { key: "kind", label: t("list.kind"), value: t(`kind.${credential.kind}`) },
    { key: "store", label: t("panel.store"), value: t(`store.${credential.store}`) },
    { key: "expires", label: t("list.expires"), value: <Expiry credential={credential} /> },
    { key: "changed", label: t("panel.changed"), value: <RelativeTime atMs={credential.changedAtMs} /> },
    { key: "used", label: t("list.lastUsed"), value: <RelativeTime atMs={credential.lastUsedAtMs} /> },
  ];
  return (
    <div className={classes["panel"]}>
      <AsideHead
        title={credential.name}
        note={credential.label === "" ? undefined : credential.label}
        closeLabel={t("panel.close")}
        onClose={() => navigate(paths.credentials)}
      />
      <div className={classes["panelActs"]}>
        <Button
          variant="default"
          leftSection={<IconRotate size={14} />}
          onClick={() => dialog.open(`rotate:${credential.name}`)}
        >
          {t("act.rotate")}
        </Button>
        <Button
          variant="default"
          leftSection={<IconPencil size={14} />}
          onClick={() => dialog.open(`edit:${credential.name}`)}
        >
          {t("act.edit")}
        </Button>
        <Button
          variant="subtle"
          color="red"
          leftSection={<IconTrash size={14} />}
          loading={remove.isBusy}
          onClick={remove.ask}
        >
          {t("act.remove")}
        </Button>
      </div>
      <KeyValueList facts={facts} />
      <Fields credential={credential} />
      <Allowed credential={credential} />
      <Uses credential={credential} />
    </div>
  );
}

function useRemove(credential: Credential): { readonly ask: () => void; readonly isBusy: boolean } {
  const { t } = useTranslation("credentials");
  const rpc = useRpc();
  const [, navigate] = useLocation();
  const askFirst = useAskFirst();
  const remove = useCommand((name: Credential["name"]) => rpc.credentials.remove.mutate({ name }), {
    onDone: () => {
      showDone(t("done.removed", { name: credential.name }));
      navigate(paths.credentials);
    },
    onFailure: showFailure,
  });
  const agents = [...new Set([...credential.namedBy, ...credential.allowedAgents])];
  return {
    isBusy: remove.isBusy,
    ask: () =>
      askFirst({
        title: t("remove.title", { name: credential.name }),
        text:
          agents.length === 0
            ? t("remove.unused")
            : t("remove.used", { count: agents.length, agents: agents.join(", ") }),
        confirm: t("remove.confirm"),
        onConfirm: () => remove.run(credential.name),
      }),
  };
}

function Fields({ credential }: { readonly credential: Credential }) {
  const { t } = useTranslation("credentials");
  return (
    <section>
      <h3>{t("panel.fields")}</h3>
      <ul className={classes["rows"]}>
        {credential.fields.map((field) => (
          <FieldRow key={field.name} name={credential.name} field={field} />
        ))}
      </ul>
      <p className={classes["note"]}>{t("panel.masking")}</p>
    </section>
  );
}

function FieldRow({ name, field }: { readonly name: Credential["name"]; readonly field: CredentialField }) {
  const { t } = useTranslation("credentials");
  const rpc = useRpc();
  const copy = useCommand((request: CopyCredential) => rpc.credentials.copy.mutate(request), {
    onDone: ({ clearsAtMs }) => {
      const seconds = Math.max(1, Math.round((clearsAtMs - nowMs()) / MS_PER_SECOND));
      showDone(t("done.copied", { count: seconds, field: field.name }));
    },
    onFailure: showFailure,
  });
  const label = t("act.copyNamed", { field: field.name });
  return (
    <li>
      <code>{field.name}</code>
      <span className={classes["grow"]}>
        {field.isSecret ? "••••••••" : t("panel.notSecret")}
        {field.isSecret && !field.isMaskable && (
          <span className={classes["waiting"]}>{t("panel.notMasked")}</span>
        )}
      </span>
      <span className={parts["dimmed"]}>
        <RelativeTime atMs={field.changedAtMs} />
      </span>
      <Tooltip label={label}>
        <ActionIcon
          size="sm"
          aria-label={label}
          loading={copy.isBusy}
          onClick={() => copy.run({ name, field: field.name })}
        >
          <IconCopy size={14} />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}

function Allowed({ credential }: { readonly credential: Credential }) {
  const { t } = useTranslation("credentials");
  const rpc = useRpc();
  const agents = useLiveAgents().data ?? [];
  const change = useCommand((request: ChangeCredential) => rpc.credentials.change.mutate(request));
  const allow = (allowedAgents: AgentName[]) => change.run({ name: credential.name, allowedAgents });
  const known = new Set<string>([...agents.map((agent) => agent.name), ...credential.allowedAgents]);
  return (
    <section>
      <h3>{t("panel.allowed")}</h3>
      <MultiSelect
        size="xs"
        aria-label={t("panel.allowed")}
        placeholder={credential.allowedAgents.length === 0 ? t("panel.nobody") : ""}
        data={[...known].sort()}
        value={[...credential.allowedAgents]}
        disabled={change.isBusy}
        onChange={(names) => allow(names.map((each) => agentNameSchema.parse(each)))}
        searchable
      />
      <p className={classes["note"]}>{t("panel.allowedHint")}</p>
      <ul className={classes["rows"]}>
        {waitingAgents(credential).map((agent) => (
          <li key={agent}>
            <span className={classes["grow"]}>{t("panel.wants", { agent })}</span>
            <Button
              size="compact-xs"
              variant="default"
              loading={change.isBusy}
              aria-label={t("act.allowNamed", { agent })}
              onClick={() => allow([...credential.allowedAgents, agent])}
            >
              {t("act.allow")}
            </Button>
          </li>
        ))}
      </ul>
      {change.failure !== null && <ErrorPanel failure={change.failure} isInline />}
    </section>
  );
}

function Uses({ credential: { usedBy, namedBy } }: { readonly credential: Credential }) {
  const { t } = useTranslation("credentials");
  return (
    <section>
      <h3>{t("panel.namedBy")}</h3>
      {namedBy.length === 0 && <p className={classes["note"]}>{t("panel.namedByNobody")}</p>}
      <ul className={classes["inline"]}>
        {namedBy.map((agent) => (
          <li key={agent}>
            <Link to={paths.agent(agent)}>{agent}</Link>
          </li>
        ))}
      </ul>
      <h3>{t("panel.uses")}</h3>
      {usedBy.length === 0 && <p className={classes["note"]}>{t("panel.neverUsed")}</p>}
      <ul className={classes["rows"]}>
        {usedBy.map((use) => (
          <li key={`${use.agent} ${use.target}`}>
            <Link className={classes["grow"]} to={paths.run(use.runId)}>
              {t("panel.use", {
                agent: use.agent,
                target: use.target === "this-computer" ? t("panel.thisComputer") : use.target,
              })}
            </Link>
            <span className={parts["dimmed"]}>
              <RelativeTime atMs={use.atMs} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
