/**
 * Exit code of the command line for a failure: 2 wrong usage, 3 not found, 4 target not reachable,
 * 5 refused, 70 a bug. (0 is done and 1 means that a waited-for run did not succeed.)
 */
export type ExitCode = 2 | 3 | 4 | 5 | 70;

/** RPC code of a failure, in tRPC's vocabulary. */
export type RpcCode =
  | "BAD_REQUEST"
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "UNAUTHORIZED"
  | "CONFLICT"
  | "PRECONDITION_FAILED"
  | "PAYLOAD_TOO_LARGE"
  | "TIMEOUT"
  | "CLIENT_CLOSED_REQUEST"
  | "SERVICE_UNAVAILABLE"
  | "INTERNAL_SERVER_ERROR";

interface ErrorSpec {
  readonly rpc: RpcCode;
  /** Whether the same call can succeed later with nothing changed by the caller. */
  readonly retryable: boolean;
  readonly exit: ExitCode;
}

/** Every failure the program can name. `tests/architecture` fails until docs/errors.md describes each one. */
export const ERROR_CATALOGUE = {
  /** A folder holds no `agent.yaml`. Details: folder. */
  "manifest.missing": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /**
   * `agent.yaml` is not valid. Details: file, line, column, key, problem, expected of the first,
   * `count` of problems, and `problems`: all of them, one a line.
   */
  "manifest.invalid": { rpc: "BAD_REQUEST", retryable: false, exit: 2 },
  /** No agent has this name. Details: agent, nearest (may be empty). */
  "agent.not_found": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** Another folder already provides an agent of this name. Details: agent, folder, otherFolder. */
  "agent.name_taken": { rpc: "CONFLICT", retryable: false, exit: 5 },
  /** The agent still has live runs. Details: agent, runs. */
  "agent.in_use": { rpc: "CONFLICT", retryable: false, exit: 5 },
  /** A folder does not exist or cannot be read. Details: folder. */
  "folder.unreadable": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** An agent folder holds more than a release may. Details: folder, sizeBytes, limitBytes, files, limitFiles. */
  "release.too_large": { rpc: "PAYLOAD_TOO_LARGE", retryable: false, exit: 5 },
  /** A file of the agent folder cannot be part of a release (a link out of it, a socket). Details: file, problem. */
  "release.unsupported_file": { rpc: "BAD_REQUEST", retryable: false, exit: 2 },
  /** The agent folder kept changing while it was copied. Details: folder, problem. */
  "release.folder_changing": { rpc: "CONFLICT", retryable: true, exit: 5 },
  /** The file of certificates in the network settings cannot be used. Details: file, problem. */
  "network.authorities_unusable": { rpc: "BAD_REQUEST", retryable: false, exit: 2 },
  /** The proxy of the network settings does not connect. Details: proxy, address, problem. */
  "network.proxy_refused": { rpc: "SERVICE_UNAVAILABLE", retryable: true, exit: 4 },
  /** No target has this name. Details: target, nearest. */
  "target.not_found": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** The target does not answer. Details: target, problem. */
  "target.unreachable": { rpc: "SERVICE_UNAVAILABLE", retryable: true, exit: 4 },
  /** The agent has no runtime that this target can run. Details: agent, target, needs, has. */
  "target.runtime_mismatch": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** No run has this id. Details: run. */
  "run.not_found": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** More than one run has an id that begins like this. Details: run, matches. */
  "run.ambiguous": { rpc: "BAD_REQUEST", retryable: false, exit: 2 },
  /** The run has ended, so it cannot be stopped. Details: run, state. */
  "run.already_finished": { rpc: "CONFLICT", retryable: false, exit: 5 },
  /** The run has not ended, so it cannot be forgotten. Details: run, state. */
  "run.still_live": { rpc: "CONFLICT", retryable: false, exit: 5 },
  /** The run's input does not match the manifest's `inputs`. Details: path, problem, expected. */
  "run.input_invalid": { rpc: "BAD_REQUEST", retryable: false, exit: 2 },
  /** The run's input is larger than an environment variable can hold. Details: sizeBytes, limitBytes. */
  "run.input_too_large": { rpc: "PAYLOAD_TOO_LARGE", retryable: false, exit: 2 },
  /** The caller took the request back. */
  "run.cancelled": { rpc: "CLIENT_CLOSED_REQUEST", retryable: false, exit: 5 },
  /** The command of the manifest does not exist on the target. Details: command, searched. */
  "start.command_not_found": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** The system refused to start the process. Details: command, problem. */
  "start.refused": { rpc: "PRECONDITION_FAILED", retryable: true, exit: 5 },
  /** The interpreter the manifest asks for is missing or of another version. Details: runtime, wanted, found. */
  "start.runtime_missing": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** The agent's own packages could not be installed. Details: tool, problem, logFile. */
  "start.packages_failed": { rpc: "PRECONDITION_FAILED", retryable: true, exit: 5 },
  /** A credential the manifest names does not exist, lacks a field, or cannot go to this target. Details: agent, credential, problem. */
  "start.credential_unavailable": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** The manifest names a credential that is not allowed for this agent. Details: agent, credential. */
  "start.credential_not_allowed": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** The manifest names a credential that has expired. Details: agent, credential, expiredAt. */
  "start.credential_expired": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** The manifest names a variable that is not set. Details: agent, variable. */
  "start.variable_missing": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** No credential has this name. Details: credential, nearest. */
  "credential.not_found": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** A field, kind or value that a credential cannot have. Details: credential, field, problem. */
  "credential.invalid": { rpc: "BAD_REQUEST", retryable: false, exit: 2 },
  /** A value is longer than its store takes. Details: credential, field, sizeBytes, limitBytes. */
  "credential.too_long": { rpc: "PAYLOAD_TOO_LARGE", retryable: false, exit: 5 },
  /** No variable has this name. Details: variable, nearest. */
  "variable.not_found": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** The value does not fit the variable's type. Details: variable, type, problem. */
  "variable.invalid": { rpc: "BAD_REQUEST", retryable: false, exit: 2 },
  /** The store of secrets is locked. Details: store, problem. */
  "vault.locked": { rpc: "PRECONDITION_FAILED", retryable: true, exit: 5 },
  /** There is no such store of secrets here. Details: store, problem. */
  "vault.absent": { rpc: "PRECONDITION_FAILED", retryable: true, exit: 5 },
  /** The store of secrets does not answer. Details: store, problem. */
  "vault.hung": { rpc: "TIMEOUT", retryable: true, exit: 5 },
  /** The store of secrets refuses Pilothouse. Details: store, problem. */
  "vault.denied": { rpc: "FORBIDDEN", retryable: true, exit: 5 },
  /** The store of secrets failed at what it was asked. Details: store, problem. */
  "vault.failed": { rpc: "SERVICE_UNAVAILABLE", retryable: true, exit: 5 },
  /** The passphrase is wrong. Details: waitMs until the next try. */
  "vault.wrong_passphrase": { rpc: "FORBIDDEN", retryable: false, exit: 5 },
  /** After wrong passphrases, no other is tried yet. Details: waitMs. */
  "vault.too_many_attempts": { rpc: "FORBIDDEN", retryable: true, exit: 5 },
  /** The vault file, or a value in a store, is not what Pilothouse wrote; it was kept. Details: file, problem. */
  "vault.damaged": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** There is a passphrase vault already. Details: file. */
  "vault.exists": { rpc: "CONFLICT", retryable: false, exit: 5 },
  /** The folder that newer versions are published in did not answer as it should. Details: address, problem. */
  "update.unreachable": { rpc: "SERVICE_UNAVAILABLE", retryable: true, exit: 4 },
  /** What came is not what Pilothouse has published, so nothing of it was used. Details: problem. */
  "update.untrusted": { rpc: "FORBIDDEN", retryable: false, exit: 5 },
  /** What is known of newer versions is too old or comes from the future. Details: problem. */
  "update.out_of_time": { rpc: "PRECONDITION_FAILED", retryable: true, exit: 5 },
  /** A fetched version could not be put in the place of this one, which stays. Details: problem. */
  "update.not_installed": { rpc: "CONFLICT", retryable: true, exit: 5 },
  /** No program that reaches the clipboard is there. Details: problem. */
  "clipboard.unavailable": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** The agent asks for something in a container that a person has to say yes to. Details: agent, target, consent, problem. */
  "start.needs_consent": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** The image of the agent is not on the engine and could not be got. Details: image, problem. */
  "start.image_missing": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** The image of the agent could not be built. Details: image, problem. */
  "start.build_failed": { rpc: "PRECONDITION_FAILED", retryable: true, exit: 5 },
  /** No container engine has this name. Details: engine, nearest. */
  "engine.not_found": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** The engine gave no answer within the deadline, or cannot be connected to. Details: engine, problem. */
  "engine.not_answering": { rpc: "SERVICE_UNAVAILABLE", retryable: true, exit: 4 },
  /** The engine answered that it will not. Details: engine, problem, status. */
  "engine.refused": { rpc: "CONFLICT", retryable: false, exit: 5 },
  /** The engine has no container, image, volume, network or path of this name. Details: engine, name, problem. */
  "engine.no_such_object": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** No shell is open under this id (any more). */
  "engine.shell_closed": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** No compose tool is installed for this engine, or the project names no files. Details: engine, problem. */
  "engine.no_compose": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** No log is stored for this run. Details: run. */
  "log.not_found": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** No sink has this name. Details: sink, nearest. */
  "sink.not_found": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** A sink cannot be like this. Details: sink, field, problem. */
  "sink.invalid": { rpc: "BAD_REQUEST", retryable: false, exit: 2 },
  /** The receiver of a sink does not answer. Details: sink, problem. */
  "sink.unreachable": { rpc: "SERVICE_UNAVAILABLE", retryable: true, exit: 4 },
  /** The receiver of a sink answers something else than yes. Details: sink, problem, and `retryAfterMs` where it says when. */
  "sink.failed": { rpc: "SERVICE_UNAVAILABLE", retryable: true, exit: 4 },
  /** The receiver of a sink will never take some lines; they were passed over. Details: sink, problem. */
  "sink.lines_refused": { rpc: "BAD_REQUEST", retryable: false, exit: 5 },
  /** No such screenshot. Details: run, screenshot. */
  "screenshot.not_found": { rpc: "NOT_FOUND", retryable: false, exit: 3 },
  /** The data folder cannot be written. Details: folder, problem. */
  "data.read_only": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** No space is left for the data folder. Details: folder. */
  "data.full": { rpc: "PRECONDITION_FAILED", retryable: true, exit: 5 },
  /** The disk of the data folder failed to read or write. Details: folder, problem. */
  "data.io_failed": { rpc: "SERVICE_UNAVAILABLE", retryable: true, exit: 5 },
  /** The database comes from a newer version of the program. Details: file, fileVersion, knownVersion. */
  "data.newer": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** The database is damaged; the damaged file was kept. Details: file, keptAs. */
  "data.damaged": { rpc: "PRECONDITION_FAILED", retryable: false, exit: 5 },
  /** Another core owns the data folder. Details: folder, pid, entry. */
  "core.already_running": { rpc: "CONFLICT", retryable: true, exit: 5 },
  /** The core is not there or went away during the call. Details: folder. */
  "core.unreachable": { rpc: "SERVICE_UNAVAILABLE", retryable: true, exit: 4 },
  /** Another program listens on this port. Details: port. */
  "web.port_taken": { rpc: "CONFLICT", retryable: true, exit: 5 },
  /** The sign-in link was used before, has expired, or was never given out. */
  "web.sign_in_link_spent": { rpc: "FORBIDDEN", retryable: false, exit: 5 },
  /** The session is not known (any more). */
  "web.session_unknown": { rpc: "UNAUTHORIZED", retryable: false, exit: 5 },
  /** The command line or a call has a wrong argument. Details: argument, problem, expected. */
  "usage.invalid": { rpc: "BAD_REQUEST", retryable: false, exit: 2 },
  /** A bug. Details: incident, under which the full error stands in Pilothouse's own log. */
  "app.bug": { rpc: "INTERNAL_SERVER_ERROR", retryable: false, exit: 70 },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Facts of a failure, for the message and for programs. Flat and plain, so that no secret or object slips in. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** A failure as it crosses a process border. */
export interface WireError {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: ErrorDetails;
  /** One English sentence; the window makes its own from the code. */
  readonly message: string;
}

/** An expected failure. Anything else that is thrown is a bug and is reported as `app.bug`. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  toWire(): WireError {
    return {
      code: this.code,
      retryable: ERROR_CATALOGUE[this.code].retryable,
      details: this.details,
      message: this.message,
    };
  }
}

/** Whether `value` names a failure of the catalogue. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERROR_CATALOGUE, value);
}
