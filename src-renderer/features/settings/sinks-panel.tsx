import { ActionIcon, Button, Menu, Switch } from "@mantine/core";
import { IconDots, IconPencil, IconPlus, IconSend, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LogSink, SinkName } from "#contract/log-sink.ts";
import { keys, useCommand, useLiveSinks, useRpc, useSinkSwitch } from "../../rpc/index.ts";
import { Bytes, ErrorPanel, Panel, RelativeTime, useFormat } from "../../ui/index.ts";
import { showDone, showFailure, useAskFirst } from "../../workbench/index.ts";
import { SinkDialog } from "./sink-dialog.tsx";
import classes from "./sinks.module.css";

/** Where stored output is forwarded to, and how that goes. */
export function SinksPanel() {
  const { t } = useTranslation("settings");
  const sinks = useLiveSinks();
  const [edited, setEdited] = useState<LogSink | "new" | null>(null);
  if (sinks.failure !== null) return <ErrorPanel failure={sinks.failure} onRetry={sinks.refetch} />;
  const list = sinks.data ?? [];
  return (
    <Panel
      title={t("sinks.title")}
      isFlush={list.length > 0}
      actions={
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={12} />}
          onClick={() => setEdited("new")}
        >
          {t("sinks.add")}
        </Button>
      }
    >
      {list.length === 0 ? (
        <p className={classes["nothing"]}>{t("sinks.nothing")}</p>
      ) : (
        <ul className={classes["list"]}>
          {list.map((sink) => (
            <SinkItem key={sink.name} sink={sink} onEdit={() => setEdited(sink)} />
          ))}
        </ul>
      )}
      <SinkDialog edited={edited} onClose={() => setEdited(null)} />
    </Panel>
  );
}

function SinkItem({ sink, onEdit }: { readonly sink: LogSink; readonly onEdit: () => void }) {
  const { t } = useTranslation("settings");
  const { name, state, target, trouble } = sink;
  return (
    <li className={classes["item"]} data-state={state}>
      <div className={classes["head"]}>
        <span className={classes["dot"]} aria-hidden="true" />
        <strong className={classes["name"]}>{name}</strong>
        <span className={classes["state"]}>{t(`sinks.state.${state}`)}</span>
        <SinkActions sink={sink} onEdit={onEdit} />
      </div>
      <p className={classes["where"]}>
        {t(`sinks.kinds.${target.kind}`)} · {target.kind === "file" ? target.folder : target.url}
        {sink.agents !== null && ` · ${sink.agents.join(", ")}`}
      </p>
      <Figures sink={sink} />
      {trouble !== null && (
        <div className={classes["trouble"]}>
          <ErrorPanel failure={{ ...trouble, path: "sinks" }} isInline />
        </div>
      )}
    </li>
  );
}

function Figures({ sink }: { readonly sink: LogSink }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const { lastSentAtMs, missedLogs, refusedLines, retryAtMs, sentLines, waitingBytes } = sink;
  return (
    <ul className={classes["figures"]}>
      <li>
        {lastSentAtMs === null ? (
          t("sinks.neverSent")
        ) : (
          <>
            {t("sinks.lastSent")} <RelativeTime atMs={lastSentAtMs} />
          </>
        )}
      </li>
      <li>{t("sinks.sent", { count: sentLines, lines: format.number(sentLines) })}</li>
      {waitingBytes > 0 && (
        <li>
          {t("sinks.waiting")} <Bytes sizeBytes={waitingBytes} />
        </li>
      )}
      {retryAtMs !== null && (
        <li>
          {t("sinks.retry")} <RelativeTime atMs={retryAtMs} />
        </li>
      )}
      {refusedLines > 0 && (
        <li>{t("sinks.refused", { count: refusedLines, lines: format.number(refusedLines) })}</li>
      )}
      {missedLogs > 0 && <li>{t("sinks.missed", { count: missedLogs, logs: format.number(missedLogs) })}</li>}
    </ul>
  );
}

function SinkActions({ sink, onEdit }: { readonly sink: LogSink; readonly onEdit: () => void }) {
  const { t } = useTranslation("settings");
  const rpc = useRpc();
  const cache = useQueryClient();
  const ask = useAskFirst();
  const { name } = sink;
  const look = () => void cache.invalidateQueries({ queryKey: keys.sinks });
  const onFailure = showFailure;
  const [isOn, setOn] = useSinkSwitch(sink, onFailure);
  const test = useCommand((tested: SinkName) => rpc.sinks.test.mutate({ name: tested }), {
    onDone: () => showDone(t("sinks.tested", { name })),
    onFailure,
  });
  const remove = useCommand((removed: SinkName) => rpc.sinks.remove.mutate({ name: removed }), {
    onDone: look,
    onFailure,
  });
  return (
    <span className={classes["actions"]}>
      <Switch
        size="xs"
        aria-label={t("sinks.isOn", { name })}
        checked={isOn}
        onChange={(event) => setOn(event.currentTarget.checked)}
      />
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            loading={test.isBusy}
            aria-label={t("sinks.more", { name })}
          >
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconSend size={14} />} onClick={() => test.run(name)}>
            {t("sinks.test")}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={14} />} onClick={onEdit}>
            {t("sinks.change")}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={14} />}
            onClick={() =>
              ask({
                title: t("sinks.removeTitle", { name }),
                text: t("sinks.removeText"),
                confirm: t("sinks.remove"),
                onConfirm: () => remove.run(name),
              })
            }
          >
            {t("sinks.remove")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
