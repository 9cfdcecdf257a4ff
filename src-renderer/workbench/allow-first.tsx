import { Button, Group, Modal } from "@mantine/core";
import { createContext, type ReactNode, use, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Credential } from "#contract/credential.ts";
import { AppError } from "#contract/errors.ts";
import type { AgentName } from "#contract/ids.ts";
import { type RpcClient, useRpc } from "../rpc/index.ts";
import classes from "./allow-first.module.css";
import { notYetAllowed } from "./not-yet-allowed.ts";

interface Request {
  readonly agent: AgentName;
  readonly credentials: readonly Credential[];
  readonly answer: (isAllowed: boolean) => void;
}

/**
 * Starts a run of an agent. When its manifest names credentials that it may not use yet, a person is asked once
 * for all of them; after a yes the agent is allowed and started, after a no nothing is started.
 *
 * @throws AppError `start.credential_not_allowed` after a no; whatever `start` throws
 */
type AllowFirst = <T>(agent: AgentName, start: () => Promise<T>) => Promise<T>;

const AllowContext = createContext<AllowFirst | null>(null);

export function useAllowFirst(): AllowFirst {
  const allowFirst = use(AllowContext);
  if (allowFirst === null) throw new Error("This part stands outside of AllowFirstProvider");
  return allowFirst;
}

async function readRequest(rpc: RpcClient, name: AgentName): Promise<Omit<Request, "answer"> | null> {
  const agent = await rpc.agents.get.query({ name });
  if ((agent.manifest.credentials ?? []).length === 0) return null;
  const credentials = notYetAllowed(agent, await rpc.credentials.list.query());
  return credentials.length === 0 ? null : { agent: name, credentials };
}

async function allowAll(rpc: RpcClient, { agent, credentials }: Omit<Request, "answer">): Promise<void> {
  for (const { name, allowedAgents } of credentials) {
    await rpc.credentials.change.mutate({ name, allowedAgents: [...allowedAgents, agent] });
  }
}

/** Asks at an agent's first run whether it may have what it names; stands once around the page. */
export function AllowFirstProvider({ children }: { readonly children: ReactNode }) {
  const rpc = useRpc();
  const [request, setRequest] = useState<Request | null>(null);
  const allowFirst = useCallback<AllowFirst>(
    async (agent, start) => {
      const wanted = await readRequest(rpc, agent);
      if (wanted === null) return start();
      const isAllowed = await new Promise<boolean>((answer) => setRequest({ ...wanted, answer }));
      setRequest(null);
      if (!isAllowed) {
        throw new AppError("start.credential_not_allowed", "A person did not allow it", {
          details: { agent, credential: wanted.credentials[0]?.name ?? "" },
        });
      }
      await allowAll(rpc, wanted);
      return start();
    },
    [rpc],
  );
  return (
    <AllowContext value={allowFirst}>
      {children}
      <AllowDialog request={request} />
    </AllowContext>
  );
}

function AllowDialog({ request }: { readonly request: Request | null }) {
  const { t } = useTranslation(["common", "credentials"]);
  const count = request?.credentials.length ?? 0;
  const agent = request?.agent ?? "";
  return (
    <Modal
      opened={request !== null}
      onClose={() => request?.answer(false)}
      title={t("allow.title", { agent })}
      closeButtonProps={{ "aria-label": t("dialog.close") }}
    >
      <p className={classes["text"]}>{t("allow.text", { agent, count })}</p>
      <ul className={classes["list"]}>
        {request?.credentials.map(({ name, kind, label }) => (
          <li key={name}>
            <strong>{name}</strong> {t(`credentials:kind.${kind}`)}
            {label !== "" && ` · ${label}`}
          </li>
        ))}
      </ul>
      <p className={classes["hint"]}>{t("allow.hint")}</p>
      <Group justify="flex-end" gap="sm" mt="lg">
        {/* The key that started the run, held a little longer, allows nothing. */}
        <Button variant="default" data-autofocus onClick={() => request?.answer(false)}>
          {t("dialog.cancel")}
        </Button>
        <Button onClick={() => request?.answer(true)}>{t("allow.confirm")}</Button>
      </Group>
    </Modal>
  );
}
