import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#contract/errors.ts";
import type { CoreEvent } from "#contract/events.ts";
import type { UpdateState, UpdateWay } from "#contract/update.ts";
import type { Clock, Timer } from "#core/clock.ts";
import { SeenVersion } from "./seen-version.ts";
import type { UpdateFeed } from "./update-feed.ts";
import { findOffer, readManifest, type UpdateFile } from "./update-manifest.ts";
import type { UpdateKind } from "./update-source.ts";

const FIRST_CHECK_MS = 30_000;
const CHECK_EVERY_MS = 12 * 60 * 60 * 1_000;
/** Often enough for a bar that moves, seldom enough for a journal that others read. */
const PROGRESS_STEP = 0.02;

/** A fetched package, with what proves that it is the signed one. */
export interface ReadyUpdate {
  readonly kind: UpdateKind;
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha512: string;
}

export interface UpdatesDeps {
  readonly feed: Pick<UpdateFeed, "readManifest" | "download">;
  readonly keys: readonly string[];
  readonly installed: string;
  readonly arch: string;
  /** How this installation is renewed; null where something else installs programs. */
  readonly kind: UpdateKind | null;
  /** Own folder; what lies there from before is removed. */
  readonly folder: string;
  readonly clock: Clock;
  readonly publish: (event: CoreEvent) => void;
  /** Whether a person wants it to look by itself. */
  readonly looksByItself: () => boolean;
  /** Hands a package to the entry, which puts it in place. */
  readonly install: (update: ReadyUpdate) => void;
  readonly reportBug: (error: unknown, where: string) => void;
}

interface Offer {
  readonly version: string;
  readonly file: UpdateFile | null;
}

/** Looks for newer versions; at most one thing at a time. */
export class Updates {
  readonly #deps: UpdatesDeps;
  readonly #seen: SeenVersion;
  readonly #ended = new AbortController();
  #state: UpdateState = { kind: "current", checkedAtMs: null };
  #offer: Offer | null = null;
  #ready: ReadyUpdate | null = null;
  #work: Promise<void> | null = null;
  #timer: Timer | null = null;

  constructor(deps: UpdatesDeps) {
    this.#deps = deps;
    this.#seen = new SeenVersion(join(deps.folder, "seen.json"));
  }

  start(): void {
    // Of an earlier life: it was put in place, or it is fetched anew.
    void rm(this.#fetched, { recursive: true, force: true }).catch(() => undefined);
    this.#plan(FIRST_CHECK_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    this.#ended.abort();
    await this.#work;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#work;
  }

  state(): UpdateState {
    return this.#state;
  }

  /** Asks now. While something is under way nothing is begun; the state tells of both. */
  check(): UpdateState {
    if (this.#state.kind !== "ready") this.#begin("check", () => this.#check());
    return this.#state;
  }

  /** Fetches the version that was offered, where this installation is renewed by the program itself. */
  download(): UpdateState {
    const file = this.#offer?.file ?? null;
    const version = this.#offer?.version;
    if (file !== null && version !== undefined && this.#ready === null) {
      this.#begin("download", () => this.#download(version, file));
    }
    return this.#state;
  }

  /** Hands what was fetched to the entry, which asks nothing more. */
  install(): UpdateState {
    if (this.#ready !== null) this.#deps.install(this.#ready);
    return this.#state;
  }

  /** The entry could not put it in place; it is fetched anew when asked for. */
  installFailed(error: AppError): void {
    const version = this.#offer?.version ?? null;
    this.#ready = null;
    this.#show({ kind: "failed", error: error.toWire(), version });
  }

  #begin(what: string, work: () => Promise<void>): void {
    if (this.#work !== null) return;
    this.#work = this.#guarded(what, work).finally(() => {
      this.#work = null;
    });
  }

  async #guarded(what: string, work: () => Promise<void>): Promise<void> {
    const before = this.#state;
    try {
      await work();
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      if (error instanceof AppError) {
        this.#show({ kind: "failed", error: error.toWire(), version: this.#offer?.version ?? null });
      } else {
        this.#deps.reportBug(error, `updates: ${what}`);
        this.#show(before);
      }
    }
  }

  #plan(delayMs: number): void {
    this.#timer = this.#deps.clock.after(delayMs, () => {
      if (this.#deps.looksByItself()) this.check();
      this.#plan(CHECK_EVERY_MS);
    });
  }

  async #check(): Promise<void> {
    const { arch, clock, feed, installed, keys, kind } = this.#deps;
    this.#show({ kind: "checking" });
    this.#offer = null;
    const answer = await feed.readManifest(this.#ended.signal);
    const newestSeen = await this.#seen.read();
    const manifest = readManifest(answer, { keys, nowMs: clock.nowMs(), newestSeen });
    await this.#seen.raise(manifest.version);
    this.#offer = findOffer(manifest, { installed, kind, arch });
    if (this.#offer === null) this.#show({ kind: "current", checkedAtMs: clock.nowMs() });
    else this.#show({ kind: "available", version: this.#offer.version, way: this.#way });
  }

  async #download(version: string, file: UpdateFile): Promise<void> {
    const { kind, name, sha512, sizeBytes } = file;
    // One at a time: what an earlier offer left there is of no use any more.
    await rm(this.#fetched, { recursive: true, force: true });
    const path = join(this.#fetched, name);
    let shown = 0;
    const show = (doneBytes: number) => this.#show({ kind: "downloading", version, doneBytes, sizeBytes });
    show(0);
    const onProgress = (doneBytes: number) => {
      if (doneBytes - shown < sizeBytes * PROGRESS_STEP) return;
      shown = doneBytes;
      show(doneBytes);
    };
    await this.#deps.feed.download(file, path, { signal: this.#ended.signal, onProgress });
    this.#ready = { kind, path, sizeBytes, sha512 };
    this.#show({ kind: "ready", version, way: this.#way });
  }

  get #fetched(): string {
    return join(this.#deps.folder, "fetched");
  }

  get #way(): UpdateWay {
    if (this.#deps.kind === null) return "notify";
    return this.#deps.kind === "dmg" ? "open" : "install";
  }

  #show(state: UpdateState): void {
    this.#state = state;
    this.#deps.publish({ type: "update.changed", state });
  }
}
