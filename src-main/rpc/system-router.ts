import { tracked } from "@trpc/server";
import { z } from "zod";
import type { EventBatch } from "#contract/events.ts";
import { type NetworkSettings, networkSettingsSchema } from "#contract/network.ts";
import type { Door } from "#contract/run.ts";
import { type DoctorCheck, type Settings, type SystemInfo, settingsSchema } from "#contract/system.ts";
import type { EventJournal } from "#core/event-journal.ts";
import { procedure, router } from "./base.ts";
import type { RpcContext } from "./context.ts";
import { followJournal } from "./follow-journal.ts";
import { paced } from "./paced.ts";

/** What the system router asks of the core. */
export interface SystemFace {
  info(capabilities: RpcContext["capabilities"]): SystemInfo;
  doctor(): Promise<readonly DoctorCheck[]>;
  settings(): Settings;
  /** @throws AppError `data.*` */
  changeSettings(change: Partial<Settings>, door: Door): Settings;
  /**
   * Checks the file of certificates and stores all of it, for the connections from now on.
   *
   * @throws AppError `network.authorities_unusable`
   */
  changeNetwork(network: NetworkSettings, door: Door): Promise<Settings>;
  /** A fresh one-time sign-in address of the web entry; null when this core has none. */
  createSignInLink(): string | null;
  /** Asks a core that was started for one command to make room; false when this core stays. */
  yieldFolder(): boolean;
  /** Asks the person for a folder in a dialog of the system; null when none was picked or there is no dialog. */
  chooseFolder(): Promise<string | null>;
  readonly journal: EventJournal;
}

const settingsChangeSchema = z.object({
  language: settingsSchema.shape.language.removeDefault().optional(),
  colorScheme: settingsSchema.shape.colorScheme.removeDefault().optional(),
  density: settingsSchema.shape.density.removeDefault().optional(),
  isRailCollapsed: z.boolean().optional(),
  hasSeenWelcome: z.boolean().optional(),
  startsAtLogin: z.boolean().optional(),
  tray: settingsSchema.shape.tray.removeDefault().optional(),
  notifies: z.boolean().optional(),
  looksForUpdates: z.boolean().optional(),
  seenAttention: settingsSchema.shape.seenAttention.removeDefault().optional(),
  containerConsents: settingsSchema.shape.containerConsents.removeDefault().optional(),
  logWrap: z.boolean().optional(),
  logTime: settingsSchema.shape.logTime.removeDefault().optional(),
  logColumns: settingsSchema.shape.logColumns.removeDefault().optional(),
  logColumnWidths: settingsSchema.shape.logColumnWidths.removeDefault().optional(),
});

export function createSystemRouter(system: SystemFace) {
  return router({
    info: procedure.query(({ ctx }) => system.info(ctx.capabilities)),
    doctor: procedure.query(() => system.doctor()),
    settings: procedure.query(() => system.settings()),
    changeSettings: procedure
      .input(settingsChangeSchema)
      .mutation(({ input, ctx }) => system.changeSettings(dropUndefined(input), ctx.door)),
    changeNetwork: procedure
      .input(networkSettingsSchema)
      .mutation(({ input, ctx }) => system.changeNetwork(input, ctx.door)),
    createSignInLink: procedure.mutation(() => system.createSignInLink()),
    yieldFolder: procedure.mutation(() => system.yieldFolder()),

    /** Null as well for a caller whose own computer shows no dialog: what somebody else picked is not an answer to it. */
    chooseFolder: procedure.mutation(({ ctx }) =>
      ctx.capabilities.nativeDialogs ? system.chooseFolder() : null,
    ),

    /** Everything that changes in the core, from now on; see `EventBatch`. */
    events: procedure.input(z.object({ lastEventId: z.string().optional() })).subscription(async function* ({
      input,
      ctx,
      signal,
    }) {
      const ended = signal ?? new AbortController().signal;
      for await (const { id, batch } of paced(
        followJournal(system.journal, input.lastEventId, ended),
        ctx.sink,
        ended,
      )) {
        yield tracked(id, batch satisfies EventBatch);
      }
    }),
  });
}

/** `exactOptionalPropertyTypes` tells an absent key from an undefined one; zod does not. */
function dropUndefined(change: z.infer<typeof settingsChangeSchema>): Partial<Settings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
