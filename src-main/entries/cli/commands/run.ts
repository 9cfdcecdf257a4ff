import { readFile } from "node:fs/promises";
import type { CredentialName } from "#contract/credential.ts";
import { CONTAINER_CONSENTS, type ContainerPlan } from "#contract/engine.ts";
import { AppError, ERROR_CATALOGUE, isErrorCode } from "#contract/errors.ts";
import type { AgentName, RunId, TargetId } from "#contract/ids.ts";
import type { Run, StartRun } from "#contract/run.ts";
import type { SecretStoreKind } from "#contract/vault.ts";
import type { Call, Command } from "../command.ts";
import type { CoreLink } from "../core-link.ts";
import { followLines, lineDocument, lineText } from "../log-text.ts";
import { openVault, PASSPHRASE_FILE } from "../open-vault.ts";
import { isFinalState, isStartDecided } from "../run-states.ts";
import { reasonText, runDocument, startAdvice, stateText, tookText } from "../run-text.ts";
import { waitForRun } from "../watch-run.ts";

/** Time to press Ctrl-C again. */
const SECOND_INTERRUPT_MS = 2_000;

export const run: Command = {
  path: ["run"],
  summary: "Start a run of an agent",
  notes: [
    "Returns once the agent runs. With --wait or --follow it returns when the run has ended: exit code 0 when",
    "it succeeded, else 1. Ctrl-C leaves the run running; a second Ctrl-C within 2 seconds stops it, a third",
    'kills it. With --follow --json every line is {"type":"line",…} and the last one {"type":"run",…}.',
    "A credential that its manifest names goes to an agent only after somebody allowed it: --allow, once.",
    "Restarts and health checks of an agent need a Pilothouse that stays: keep pilothouse serve running.",
  ],
  args: [{ name: "AGENT", summary: "Name of the agent", completion: "agent" }],
  flags: [
    {
      name: "target",
      value: "T",
      summary: "Where to run it; this computer if left out",
      completion: "target",
    },
    {
      name: "input",
      value: "JSON|@FILE",
      summary: "Input of the run, or the file that holds it",
      completion: "file",
    },
    {
      name: "allow",
      value: "CREDENTIAL",
      summary: "Let the agent be given this credential from now on; may be repeated",
      isRepeated: true,
    },
    PASSPHRASE_FILE,
    { name: "allow-root", summary: "Say yes to an agent that wants to be root in its container; remembered" },
    {
      name: "allow-environment",
      summary: "Say yes to credentials in variables of a container, which its engine shows; remembered",
    },
    { name: "wait", summary: "Wait until it has ended" },
    { name: "follow", summary: "Print its output and wait until it has ended (also -f)" },
  ],
  examples: [
    "pilothouse run price-watcher",
    `pilothouse run price-watcher --input '{"shop":"north"}' --wait --json`,
    "pilothouse run price-watcher --input @input.json --follow",
    "pilothouse run price-watcher --allow shop-login",
    "pilothouse run price-watcher --target docker",
  ],
  async run(call) {
    const target = call.text("target");
    const input = call.has("input") ? await readInput(call.text("input")) : undefined;
    const link = await call.link();
    const agent = call.text("AGENT") as AgentName;
    await allow(call, link, agent);
    await openVault(call, link, await storeForRun(link, agent));
    if (target !== "") await showDockerfile(call, link);
    const started = await link.tell((client) =>
      client.runs.start.mutate({
        agent,
        ...(target === "" ? {} : { target: target as TargetId }),
        ...(input === undefined ? {} : { input }),
        ...confirmsOf(call),
      }),
    );
    // Every return below waits, because leaving this function ends the listening.
    using _listening = listenForInterrupts(call, link, started.id);
    const decided = await waitUntilStarted(call, link, started.id);
    link.allowYield();
    if (call.has("follow")) return await follow(call, link, decided);
    if (call.has("wait")) return await wait(call, link, decided);
    await call.answer(runDocument(decided), sentence(call, decided));
    return exitCodeOfStart(decided);
  },
};

/** What the window asks at the first run. */
async function allow(call: Call, link: CoreLink, agent: AgentName): Promise<void> {
  const names = call.text("allow").split(",").filter(Boolean) as CredentialName[];
  for (const name of names) {
    const { allowedAgents } = await link.ask((client) => client.credentials.get.query({ name }));
    if (allowedAgents.includes(agent)) continue;
    await link.tell((client) =>
      client.credentials.change.mutate({ name, allowedAgents: [...allowedAgents, agent] }),
    );
  }
}

/** The passphrase vault, when a core that ends with this command would find it locked; the core says the rest. */
async function storeForRun(link: CoreLink, name: AgentName): Promise<SecretStoreKind | null> {
  if (!link.isOwn) return null;
  const agents = await link.ask((client) => client.agents.list.query());
  const uses = agents.find((agent) => agent.name === name)?.manifest.credentials ?? [];
  if (uses.length === 0) return null;
  const known = await link.ask((client) => client.credentials.list.query());
  const needsVault = known.some(
    (credential) => credential.store === "passphrase" && uses.some((use) => use.name === credential.name),
  );
  return needsVault ? "passphrase" : null;
}

function confirmsOf(call: Call): Pick<StartRun, "confirms"> {
  const confirms = CONTAINER_CONSENTS.filter((consent) => call.has(`allow-${consent}`));
  return confirms.length === 0 ? {} : { confirms };
}

/** An image that is made from what the agent says for processes is shown before anything is built from it. */
async function showDockerfile(call: Call, link: CoreLink): Promise<void> {
  const plan = await planOf(call, link);
  if (plan?.build !== "generated-dockerfile" || plan.dockerfile === null) return;
  call.terminal.note(`The container's image is made from this Dockerfile:\n\n${plan.dockerfile.trimEnd()}\n`);
}

/** Null for a target that is no container engine. */
async function planOf(call: Call, link: CoreLink): Promise<ContainerPlan | null> {
  const engine = call.text("target") as TargetId;
  const agent = call.text("AGENT") as AgentName;
  try {
    return await link.ask((client) => client.engines.images.plan.query({ engine, agent }));
  } catch (error) {
    // Whatever is wrong is said by the start itself.
    if (error instanceof AppError) return null;
    throw error;
  }
}

async function waitUntilStarted({ terminal }: Call, link: CoreLink, id: RunId): Promise<Run> {
  let shown: string | null = null;
  return waitForRun(link, id, {
    isReached: ({ state }) => isStartDecided(state),
    onStep: ({ reason }) => {
      const step = reason?.code === "preparing" ? reasonText(reason) : null;
      if (step !== null && step !== shown && terminal.isInteractive) terminal.note(step);
      shown = step;
    },
  });
}

async function wait(call: Call, link: CoreLink, { id }: Run): Promise<number> {
  const ended = await waitForRun(link, id, { isReached: ({ state }) => isFinalState(state) });
  await call.answer(runDocument(ended), sentence(call, ended));
  return ended.state === "succeeded" ? 0 : 1;
}

async function follow(call: Call, link: CoreLink, { id, startedAtMs }: Run): Promise<number> {
  const { isJson, terminal } = call;
  // A run that never started has no output to wait for.
  if (startedAtMs !== null) {
    for await (const line of followLines(link, id)) {
      await (isJson
        ? terminal.document({ type: "line", ...lineDocument(line) })
        : terminal.line(lineText(line)));
      if (terminal.closed.aborted) return 0;
    }
  }
  const ended = await waitForRun(link, id, { isReached: ({ state }) => isFinalState(state) });
  if (isJson) await terminal.document({ type: "run", ...runDocument(ended) });
  else terminal.note(sentence(call, ended));
  return ended.state === "succeeded" ? 0 : 1;
}

function sentence({ clock, terminal }: Call, shown: Run): string {
  const took = tookText(shown, clock.nowMs());
  const after = isFinalState(shown.state) && took !== "" ? ` after ${took}` : "";
  const why = shown.state === "succeeded" ? null : reasonText(shown.reason);
  const advice = startAdvice(shown.reason);
  return [
    `${shown.id} ${stateText(shown.state, terminal)}${after}${why === null ? "" : `. ${why}`}`,
    ...(advice === "" ? [] : [`  ${advice}`]),
  ].join("\n");
}

/** A run that could not be started at all is refused with the code of its error. */
function exitCodeOfStart({ state, reason }: Run): number {
  if (state !== "failed" || reason?.code !== "start-failed") return 0;
  const { code } = reason.details;
  return isErrorCode(code) ? ERROR_CATALOGUE[code].exit : ERROR_CATALOGUE["start.refused"].exit;
}

function listenForInterrupts({ clock, interrupts, terminal }: Call, link: CoreLink, id: RunId): Disposable {
  let count = 0;
  const stop = (isForced: boolean) => {
    // A run that has just ended cannot be stopped; its end is on the way to us.
    link.tell((client) => client.runs.stop.mutate({ runId: id, isForced })).catch(() => undefined);
  };
  return interrupts.listen((interrupt) => {
    if (interrupt !== "SIGINT") return interrupts.end(interrupt);
    count += 1;
    if (count > 1) return stop(count > 2);
    terminal.note(`\nRun ${id} goes on. Press Ctrl-C again to stop it.`);
    clock.after(SECOND_INTERRUPT_MS, () => {
      if (count === 1) interrupts.end(interrupt);
    });
  });
}

/** @throws AppError `usage.invalid` with what is wrong with it and where */
async function readInput(text: string): Promise<unknown> {
  const file = text.startsWith("@") ? text.slice(1) : null;
  const json = file === null ? text : await readInputFile(file);
  try {
    return JSON.parse(json);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw wrongInput(file === null ? "--input" : file, `is not JSON: ${problem}`, error);
  }
}

async function readInputFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw wrongInput(file === "" ? "--input @" : file, `cannot be read: ${problem}`, error);
  }
}

function wrongInput(argument: string, problem: string, cause: unknown): AppError {
  return new AppError("usage.invalid", `${argument} ${problem}`, {
    details: { argument, problem, expected: `JSON such as '{"name":"value"}', or @FILE` },
    cause,
  });
}
