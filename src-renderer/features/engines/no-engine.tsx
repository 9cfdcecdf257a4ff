import { Button } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys, useCommand, useRpc, useSystemInfo } from "../../rpc/index.ts";
import { CommandLine, Panel } from "../../ui/index.ts";
import { showDone, showFailure } from "../../workbench/index.ts";
import css from "./engines.module.css";
import { installCommand } from "./start-advice.ts";

const SYSTEMS = { darwin: "mac", win32: "windows" } as const;

/** What to do on a computer without a container engine. */
export function NoEngine() {
  const { t } = useTranslation("engines");
  const rpc = useRpc();
  const cache = useQueryClient();
  const platform = useSystemInfo().data?.platform ?? "linux";
  const system = Object.entries(SYSTEMS).find(([name]) => platform.startsWith(name))?.[1] ?? "linux";
  const command = installCommand(platform);
  const discover = useCommand(() => rpc.engines.discover.mutate(), {
    onDone: (found) => {
      cache.setQueryData(keys.engineList, found);
      void cache.invalidateQueries({ queryKey: keys.targetList });
      showDone(t("noEngine.found", { count: found.length }));
    },
    onFailure: showFailure,
  });
  return (
    <Panel
      title={t("noEngine.title")}
      actions={
        <Button
          variant="default"
          leftSection={<IconSearch size={14} />}
          loading={discover.isBusy}
          onClick={() => discover.run(undefined)}
        >
          {t("noEngine.look")}
        </Button>
      }
    >
      <p className={css["paragraph"]}>{t("noEngine.text")}</p>
      <p className={css["paragraph"]}>{t(`noEngine.${system}`)}</p>
      {command !== null && <CommandLine command={command} />}
      <p className={css["footnote"]}>{t("noEngine.where")}</p>
    </Panel>
  );
}
