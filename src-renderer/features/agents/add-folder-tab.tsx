import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowUp, IconCircleCheck, IconFolder } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Agent, AgentValidation } from "#contract/agent.ts";
import type { FolderListing } from "#contract/system.ts";
import { toFailure, useCommand, useRpc, useSystemInfo } from "../../rpc/index.ts";
import { ErrorPanel, parts } from "../../ui/index.ts";
import classes from "./agents.module.css";
import { ProblemList } from "./problem-list.tsx";

/** How long the typing rests before the folder is looked at. */
const REST_MS = 250;

export interface FolderTabProps {
  readonly folder: string;
  readonly onFolder: (folder: string) => void;
  readonly onAdded: (agent: Agent) => void;
}

function childOf(parent: string, name: string): string {
  const separator = parent.includes("\\") ? "\\" : "/";
  return parent.endsWith(separator) ? parent + name : parent + separator + name;
}

/** Choose or type a folder; what stands in it is checked while typing. */
export function FolderTab({ folder, onFolder, onAdded }: FolderTabProps) {
  const { t } = useTranslation("agents");
  const rpc = useRpc();
  const [settled] = useDebouncedValue(folder.trim(), REST_MS);
  const [clicked, setClicked] = useState<string | null>(null);
  // A folder that was clicked is whole at once; typing in it makes it unfinished again.
  const rested = clicked === folder ? clicked : settled;
  const listing = useQuery<FolderListing>({
    queryKey: ["agents", "browse", rested],
    queryFn: ({ signal }) => rpc.agents.browse.query({ folder: rested === "" ? null : rested }, { signal }),
    placeholderData: (previous) => previous,
    staleTime: 0,
  });
  const verdict = useQuery<AgentValidation>({
    queryKey: ["agents", "validate", rested],
    queryFn: ({ signal }) => rpc.agents.validate.query({ folder: rested }, { signal }),
    enabled: rested !== "",
    staleTime: 0,
  });
  const add = useCommand((chosen: string) => rpc.agents.add.mutate({ folder: chosen }), { onDone: onAdded });
  const hasDialog = useSystemInfo().data?.capabilities.nativeDialogs === true;
  const dialog = useCommand((_nothing: null) => rpc.system.chooseFolder.mutate(), {
    onDone: (chosen) => {
      if (chosen !== null) onFolder(chosen);
    },
  });
  const isSound = verdict.data?.problems.length === 0 && verdict.error === null;

  function choose(chosen: string): void {
    setClicked(chosen);
    onFolder(chosen);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isSound) add.run(rested);
  }

  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        label={t("add.folder")}
        description={t("add.folderHint")}
        placeholder={listing.data?.folder}
        data-autofocus
        value={folder}
        onChange={(event) => onFolder(event.currentTarget.value)}
      />
      {hasDialog && (
        <Button
          variant="default"
          className={classes.choose}
          loading={dialog.isBusy}
          onClick={() => dialog.run(null)}
        >
          {t("add.choose")}
        </Button>
      )}
      <FolderList listing={listing.data ?? null} isStale={listing.isPlaceholderData} onFolder={choose} />
      <div className={classes.verdict} aria-live="polite">
        {rested !== "" && <Verdict data={verdict.data ?? null} error={verdict.error} />}
        {add.failure !== null && <ErrorPanel failure={add.failure} isInline />}
      </div>
      <div className={classes.foot}>
        <Button type="submit" disabled={!isSound} loading={add.isBusy}>
          {t("add.submit")}
        </Button>
      </div>
    </form>
  );
}

interface FolderListProps {
  readonly listing: FolderListing | null;
  /** The list of the folder before, until the chosen one has been read; a click on it would go wrong. */
  readonly isStale: boolean;
  readonly onFolder: (folder: string) => void;
}

function FolderList({ listing, isStale, onFolder }: FolderListProps) {
  const { t } = useTranslation("agents");
  const parent = listing?.parent ?? null;
  // Not disabled, which would take the keyboard's focus away.
  const choose = (chosen: string) => {
    if (!isStale) onFolder(chosen);
  };
  return (
    <ul className={classes.folders} aria-label={t("add.folders")}>
      {parent !== null && (
        <li>
          <button type="button" className={classes.folder} onClick={() => choose(parent)}>
            <IconArrowUp size={16} aria-hidden="true" />
            {t("add.up", { folder: parent })}
          </button>
        </li>
      )}
      {listing?.folders.map(({ name, hasManifest }) => (
        <li key={name}>
          <button
            type="button"
            className={classes.folder}
            onClick={() => choose(childOf(listing.folder, name))}
          >
            <IconFolder size={16} aria-hidden="true" />
            {name}
            {hasManifest && <small>{t("add.hasManifest")}</small>}
          </button>
        </li>
      ))}
      {listing?.folders.length === 0 && <li className={parts["nothing"]}>{t("add.noFolders")}</li>}
    </ul>
  );
}

interface VerdictProps {
  readonly data: AgentValidation | null;
  readonly error: unknown;
}

function Verdict({ data, error }: VerdictProps) {
  const { t } = useTranslation("agents");
  if (error !== null) return <ErrorPanel failure={toFailure(error)} isInline />;
  if (data === null) return null;
  if (data.problems.length === 0) {
    return (
      <div className={classes.valid}>
        <IconCircleCheck size={18} aria-hidden="true" />
        {t("add.valid", { name: data.manifest?.name ?? "" })}
      </div>
    );
  }
  return (
    <section className={classes.notice}>
      <h2>{t("add.problems", { count: data.problems.length })}</h2>
      <ProblemList problems={data.problems} />
    </section>
  );
}
