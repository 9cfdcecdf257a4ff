import type { ErrorCode, ErrorDetails } from "#contract/errors.ts";

/** What a person can do about a failure, where the message does not say it already. */
export function adviceFor(code: ErrorCode, details: ErrorDetails): string {
  const advice: Partial<Record<ErrorCode, string>> = {
    "agent.not_found": nearestOr(details, "pilothouse agent list shows all agents."),
    "agent.in_use": "Stop its runs first: pilothouse stop RUN",
    "agent.name_taken": "Change the name in agent.yaml, or remove the other agent first.",
    "app.bug": "Please report it with the entry of this incident from app.log in the data folder.",
    "core.already_running":
      "Commands on this data folder reach it by themselves; pilothouse open gives a sign-in link.",
    "credential.not_found": nearestOr(details, "pilothouse credential list shows all credentials."),
    "credential.invalid": "pilothouse help credential set shows kinds and fields.",
    "core.unreachable": "pilothouse doctor says more.",
    "data.damaged": "The damaged file was kept; see docs/errors.md.",
    "data.full": "Make room on this disk, or choose another folder with --data.",
    "data.newer": "Use the newer version of Pilothouse, or another folder with --data.",
    "data.read_only": "Choose a folder that you may write with --data.",
    "engine.not_answering": "Pilothouse asks it again every few seconds; pilothouse engine list says more.",
    "engine.not_found": nearestOr(details, "pilothouse engine list shows all engines."),
    "folder.unreadable": "Check the path and who may read it.",
    "manifest.missing": "Give a folder that holds an agent.yaml.",
    "run.ambiguous": "Give more characters of the id.",
    "run.input_invalid": "pilothouse agent show NAME shows what its input looks like.",
    "run.not_found": "pilothouse runs shows the latest runs.",
    "sink.not_found": nearestOr(details, "pilothouse logs sink list shows all sinks."),
    "start.needs_consent": `Say yes to it with --allow-${details["consent"]}; it is remembered for this agent.`,
    "target.not_found": nearestOr(details, "pilothouse target list shows all targets."),
    "vault.absent":
      details["store"] === "keychain"
        ? "Start the keyring of your desktop, or make a vault: pilothouse vault create"
        : "pilothouse vault create makes one.",
    "vault.damaged": "Put a backup of the file in its place, or move it away and make a new vault.",
    "vault.hung": "Wait a moment; if it stays silent, restart the keyring of your desktop.",
    "vault.locked":
      details["store"] === "passphrase"
        ? "Where Pilothouse runs: pilothouse vault unlock. For one command: --passphrase-file FILE"
        : "pilothouse vault unlock",
    "start.credential_not_allowed": `pilothouse run ${details["agent"]} --allow ${details["credential"]}`,
    "credential.too_long": "Keep the large part in a file of the agent and only its key here.",
    "vault.too_many_attempts": `Wait ${Math.ceil(Number(details["waitMs"] ?? 0) / 1_000)} s.`,
    "variable.not_found": nearestOr(details, "pilothouse variable list shows all variables."),
    "usage.invalid": "pilothouse help COMMAND shows how it is used.",
    "web.port_taken": "Leave --port out for any free port.",
  };
  return advice[code] ?? "";
}

function nearestOr(details: ErrorDetails, otherwise: string): string {
  const nearest = details["nearest"];
  return typeof nearest === "string" && nearest !== "" ? `Did you mean ${nearest}? ${otherwise}` : otherwise;
}
