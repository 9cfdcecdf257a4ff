import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type NetworkSettings, networkSettingsSchema } from "#contract/network.ts";
import { keys, useCommand, useRpc } from "../../rpc/index.ts";
import { ErrorPanel, Panel } from "../../ui/index.ts";
import { showDone, usePreferences } from "../../workbench/index.ts";
import classes from "./settings.module.css";

/** How the core reaches other computers. Stored together, once it is sound. */
export function NetworkPanel() {
  const { settings, isKnown } = usePreferences();
  // What is typed must not change under the person's hands, but what is stored shows once it is known.
  return isKnown ? <NetworkForm key={JSON.stringify(settings.network)} stored={settings.network} /> : null;
}

function NetworkForm({ stored }: { readonly stored: NetworkSettings }) {
  const { t } = useTranslation("settings");
  const rpc = useRpc();
  const cache = useQueryClient();
  const [proxy, setProxy] = useState(stored.proxy);
  const [exceptions, setExceptions] = useState(stored.proxyExceptions.join(", "));
  const [caFile, setCaFile] = useState(stored.caFile);
  const save = useCommand((network: NetworkSettings) => rpc.system.changeNetwork.mutate(network), {
    onDone: (settings) => {
      cache.setQueryData(keys.settings, settings);
      showDone(t("network.saved"));
    },
  });
  const wanted = { proxy: proxy.trim(), proxyExceptions: namesIn(exceptions), caFile: caFile.trim() };
  const { shape } = networkSettingsSchema;
  const isProxySound = shape.proxy.safeParse(wanted.proxy).success;
  const badHost = wanted.proxyExceptions.find((host) => !shape.proxyExceptions.safeParse([host]).success);
  const isChanged = JSON.stringify(wanted) !== JSON.stringify(stored);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isProxySound && badHost === undefined) save.run(wanted);
  }

  return (
    <Panel title={t("network.title")}>
      <form className={classes.fields} onSubmit={submit}>
        <p className={classes.note}>{t("network.hint")}</p>
        <TextInput
          label={t("network.proxy")}
          description={t("network.proxyHint")}
          error={isProxySound ? null : t("network.badProxy")}
          value={proxy}
          spellCheck={false}
          onChange={(event) => setProxy(event.currentTarget.value)}
        />
        <TextInput
          label={t("network.exceptions")}
          description={t("network.exceptionsHint")}
          error={badHost === undefined ? null : t("network.badExceptions", { host: badHost })}
          value={exceptions}
          spellCheck={false}
          onChange={(event) => setExceptions(event.currentTarget.value)}
        />
        <TextInput
          label={t("network.caFile")}
          description={t("network.caFileHint")}
          value={caFile}
          spellCheck={false}
          onChange={(event) => setCaFile(event.currentTarget.value)}
        />
        {save.failure !== null && <ErrorPanel failure={save.failure} isInline />}
        <div className={classes.foot}>
          <Button
            type="submit"
            variant="default"
            loading={save.isBusy}
            disabled={!isChanged || !isProxySound || badHost !== undefined}
          >
            {t("network.save")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function namesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== "");
}
