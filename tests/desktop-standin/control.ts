/** One thing that the program asked of Electron, as the tests see it. */
export interface JournalEntry {
  readonly what: string;
  readonly [detail: string]: unknown;
}

/** From the harness: plays the person or the system. */
export interface ControlRequest {
  readonly control: string;
  readonly id: number;
  readonly argument: unknown;
}

const controls = new Map<string, (argument: unknown) => unknown>();

/** Writes into the journal that the tests read. */
export function note(what: string, details: object = {}): void {
  process.send?.({ journal: { what, ...details } });
}

/** Resolves once everything noted so far is on its way: a process that exits takes what it has not sent along. */
export function flushNotes(): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    // An error means that nobody reads any more, so nothing is lost to anybody.
    else process.send?.({ journal: { what: "end" } }, undefined, undefined, () => resolve());
  });
}

/** Names something that the harness can do, e.g. `menu.click`. */
export function onControl(name: string, act: (argument: unknown) => unknown): void {
  controls.set(name, act);
}

process.on("message", (message: ControlRequest) => {
  if (typeof message !== "object" || !("control" in message)) return;
  const act = controls.get(message.control);
  Promise.resolve()
    .then(() => {
      if (act === undefined) throw new Error(`the stand-in cannot do ${message.control}`);
      return act(message.argument);
    })
    .then(
      (value) => process.send?.({ answer: message.id, value: value ?? null }),
      (error: unknown) => process.send?.({ answer: message.id, error: String(error) }),
    );
});

/** A member that the stand-in does not have is an error with its name in it, never a silent `undefined`. */
export function strict<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, key) {
      if (typeof key === "string" && !(key in object) && key !== "then" && key !== "toJSON") {
        throw new Error(`the stand-in has no ${name}.${key}`);
      }
      const value: unknown = Reflect.get(object, key, object);
      return typeof value === "function" ? value.bind(object) : value;
    },
    set: (object, key, value) => Reflect.set(object, key, value, object),
  });
}

/** What Electron passes to listeners that may say no. */
export class Refusable {
  defaultPrevented = false;

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}
