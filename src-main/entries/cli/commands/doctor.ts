import { AppError, ERROR_CATALOGUE } from "#contract/errors.ts";
import type { DoctorCheck } from "#contract/system.ts";
import { adviceFor } from "../advice.ts";
import type { Call, Command } from "../command.ts";
import { table } from "../table.ts";
import { harmless } from "../terminal.ts";

const SHAPES = { ok: "✓", warning: "!", failed: "✕" } as const;
const COLOURS = { ok: "green", warning: "yellow", failed: "red" } as const;

export const doctor: Command = {
  path: ["doctor"],
  summary: "Say what works, what does not, and what to do about it",
  notes: ["Works with a data folder that cannot be opened, too. Exit code 5 when a check failed."],
  args: [],
  flags: [],
  examples: ["pilothouse doctor", "pilothouse doctor --json"],
  async run(call) {
    const checks = await examine(call);
    const isWell = checks.every(({ status }) => status !== "failed");
    const rows = checks.flatMap(({ id, status, found, advice }) => [
      [call.terminal.colour(SHAPES[status], COLOURS[status]), id, harmless(found)],
      ...(advice === "" ? [] : [["", "", `→ ${harmless(advice)}`]]),
    ]);
    await call.answer({ ok: isWell, dataFolder: call.data.folder, checks }, table(rows));
    return isWell ? 0 : ERROR_CATALOGUE["data.read_only"].exit;
  },
};

/** Without a core there is no finding that could be said in other languages. */
type ShownCheck = Omit<DoctorCheck, "finding">;

async function examine(call: Call): Promise<readonly ShownCheck[]> {
  try {
    const link = await call.link();
    return await link.ask((client) => client.system.doctor.query());
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "app.bug") throw error;
    return [
      { id: "node", status: "ok", found: `Node ${process.versions.node}`, advice: "" },
      {
        id: "core",
        status: "failed",
        found: `${error.message} (${error.code})`,
        advice: adviceFor(error.code, error.details),
      },
    ];
  }
}
