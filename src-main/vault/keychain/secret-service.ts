import type { StoreReport } from "#contract/vault.ts";
import type { Clock } from "#core/clock.ts";
import { describeError } from "#main/platform/index.ts";
import type { BusEnvironment } from "../dbus/bus-address.ts";
import { BusConnection, BusError, NoBus } from "../dbus/bus-connection.ts";
import type { BusVariant } from "../dbus/bus-values.ts";
import { LOOK_MS } from "../secret-store.ts";
import { refuseUnlessUnlocked, reportOf, stateError, storeFailed } from "../store-report.ts";

const NAME = "org.freedesktop.secrets";
const SERVICE = {
  destination: NAME,
  path: "/org/freedesktop/secrets",
  interface: "org.freedesktop.Secret.Service",
};
/** What the Secret Service answers in place of an object that does not exist. */
const NOWHERE = "/";
/** A person has to find the window and type. */
const PROMPT_MS = 120_000;

export interface SecretServiceDeps {
  readonly env: BusEnvironment;
  readonly clock: Clock;
  /** Shorter in tests. */
  readonly lookMs?: number;
}

/**
 * The Secret Service of a Linux desktop, asked about itself: libsecret, and keytar with it, answers "no such
 * secret" for a locked keyring and waits 50 s for one that hangs.
 */
export class SecretService {
  readonly #deps: SecretServiceDeps;

  constructor(deps: SecretServiceDeps) {
    this.#deps = deps;
  }

  /** How the default keyring is. Starts the service when the system knows how to, and nothing else. */
  async look(): Promise<StoreReport> {
    const limitMs = this.#deps.lookMs ?? LOOK_MS;
    try {
      return await this.#within(limitMs, async (bus) => {
        if (!(await isRunning(bus))) return reportOf("keychain", "absent", "no keyring service runs here");
        const collection = await defaultCollection(bus);
        if (collection === NOWHERE) {
          return reportOf("keychain", "absent", "the keyring service has no default keyring yet");
        }
        return (await isLocked(bus, collection))
          ? reportOf("keychain", "locked", "the default keyring is locked")
          : reportOf("keychain", "unlocked");
      });
    } catch (error) {
      return reportOfFailure(error);
    }
  }

  /** Has the service ask its owner. @throws AppError `vault.locked` when the window was closed, and as `look` says */
  async unlock(): Promise<void> {
    const before = await this.look();
    if (before.state === "unlocked") return;
    if (before.state !== "locked") throw stateError(before);
    try {
      await this.#within(PROMPT_MS, (bus) => changeLock(bus, "Unlock"));
    } catch (error) {
      throw stateError(reportOfFailure(error));
    }
    refuseUnlessUnlocked(await this.look());
  }

  async lock(): Promise<void> {
    const before = await this.look();
    if (before.state === "locked") return;
    refuseUnlessUnlocked(before);
    await this.#within(LOOK_MS, (bus) => changeLock(bus, "Lock"));
    const after = await this.look();
    if (after.state !== "locked")
      throw storeFailed("keychain", `the keyring is ${after.state} after locking`);
  }

  async #within<T>(limitMs: number, task: (bus: BusConnection) => Promise<T>): Promise<T> {
    const deadline = new AbortController();
    const late = Promise.withResolvers<never>();
    // The clock's timers hold no process up; somebody who waits for an answer does.
    const timer = this.#deps.clock.after(limitMs, () => {
      deadline.abort();
      late.reject(new Silent());
    });
    let bus: BusConnection | null = null;
    const work = (async () => {
      bus = await BusConnection.open(this.#deps.env, deadline.signal);
      return await task(bus);
    })();
    work.catch(() => undefined);
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      timer.cancel();
      closeBus(bus);
    }
  }
}

/** Nobody answered in time. */
class Silent extends Error {
  override readonly name = "Silent";
}

function closeBus(bus: BusConnection | null): void {
  bus?.[Symbol.dispose]();
}

async function isRunning(bus: BusConnection): Promise<boolean> {
  if ((await bus.ask("NameHasOwner", "s", [NAME])) === true) return true;
  const known = (await bus.ask("ListActivatableNames")) as readonly string[];
  if (!known.includes(NAME)) return false;
  // What any program that wants a secret would do; without it a keyring that sleeps would pass for none.
  await bus.ask("StartServiceByName", "su", [NAME, 0]);
  return true;
}

async function defaultCollection(bus: BusConnection): Promise<string> {
  const [path] = await bus.call({ ...SERVICE, member: "ReadAlias", signature: "s", body: ["default"] });
  return String(path ?? NOWHERE);
}

async function isLocked(bus: BusConnection, collection: string): Promise<boolean> {
  const [answer] = await bus.call({
    destination: NAME,
    path: collection,
    interface: "org.freedesktop.DBus.Properties",
    member: "Get",
    signature: "ss",
    body: ["org.freedesktop.Secret.Collection", "Locked"],
  });
  return (answer as BusVariant).value === true;
}

async function changeLock(bus: BusConnection, member: "Lock" | "Unlock"): Promise<void> {
  const collection = await defaultCollection(bus);
  const [, prompt = NOWHERE] = await bus.call({ ...SERVICE, member, signature: "ao", body: [[collection]] });
  if (prompt === NOWHERE) return;
  const path = String(prompt);
  await bus.ask("AddMatch", "s", [`type='signal',interface='org.freedesktop.Secret.Prompt',path='${path}'`]);
  const completed = bus.nextSignal((signal) => signal.path === path && signal.member === "Completed");
  // When the call below fails, nobody waits for the signal.
  completed.catch(() => undefined);
  await bus.call({
    destination: NAME,
    path,
    interface: "org.freedesktop.Secret.Prompt",
    member: "Prompt",
    signature: "s",
    body: [""],
  });
  const { body } = await completed;
  if (body[0] === true) throw new Dismissed();
}

/** The window that asked for the password was closed. */
class Dismissed extends Error {
  override readonly name = "Dismissed";
}

function reportOfFailure(error: unknown): StoreReport {
  if (error instanceof Silent) return reportOf("keychain", "hung", "the keyring service does not answer");
  if (error instanceof Dismissed) {
    return reportOf("keychain", "locked", "the window that asks for the keyring's password was closed");
  }
  if (error instanceof NoBus) {
    return reportOf("keychain", error.isDenied ? "denied" : "absent", describeError(error));
  }
  if (error instanceof BusError && /AccessDenied|AuthFailed|NotAuthorized/.test(error.errorName)) {
    return reportOf("keychain", "denied", describeError(error));
  }
  if (error instanceof BusError && /NoReply|Timeout|TimedOut/.test(error.errorName)) {
    return reportOf("keychain", "hung", describeError(error));
  }
  return reportOf("keychain", "absent", describeError(error));
}
