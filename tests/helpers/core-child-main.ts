import { flushCompileCache } from "node:module";
import { credentialNameSchema, setCredentialSchema } from "#contract/credential.ts";
import { runIdSchema } from "#contract/ids.ts";
import { networkSettingsSchema } from "#contract/network.ts";
import { isFinal, startRunSchema } from "#contract/run.ts";
import { settingsSchema } from "#contract/system.ts";
import { createCore } from "#main/compose.ts";
import type { ChildReply, ChildRequest } from "./core-child.ts";
import { coreConfigOf, untilFits } from "./core-harness.ts";

// A core in a process of its own, from the sources, that a test may kill. Ordered about by messages.
const [folder = ""] = process.argv.slice(2);
// What changes this process as it is loaded changes those that it starts, too.
const changes = Object.entries(process.env).filter(([name]) =>
  /^(NODE_OPTIONS|PILOTHOUSE_TEST_\w+)$/.test(name),
);
const core = createCore(
  coreConfigOf(folder, { nodeEnvironment: Object.fromEntries(changes) as Record<string, string> }),
);
await core.start();
process.on("message", (request: ChildRequest) => void answer(request));
reply({ number: 0, result: null });
// Where a test keeps what was compiled, a core that is killed leaves it for the next one.
flushCompileCache();

async function answer(request: ChildRequest): Promise<void> {
  try {
    reply({ number: request.number, result: await carryOut(request) });
  } catch (error) {
    reply({ number: request.number, problem: error instanceof Error ? error.message : String(error) });
  }
}

async function carryOut(request: ChildRequest): Promise<unknown> {
  const { agents, credentials, runs, variables } = core.faces;
  switch (request.do) {
    case "add":
      return (await agents.add(request.text)).name;
    case "start":
      return await runs.start(startRunSchema.parse(JSON.parse(request.text)), "cli");
    case "stop":
      return await runs.stop({ runId: runIdSchema.parse(request.text), isForced: false });
    case "get":
      return runs.resolve(request.text);
    case "set-credential": {
      const allow = ["worker", "courier"];
      const wanted = setCredentialSchema.parse({ allow, ...(JSON.parse(request.text) as object) });
      return await credentials.set(wanted, "cli");
    }
    case "remove-credential":
      return await credentials.remove(credentialNameSchema.parse(request.text), "cli");
    case "set-variable": {
      const { name, value } = JSON.parse(request.text) as { name: string; value: string };
      return variables.set({ name, agent: null, value }, "cli");
    }
    case "create-vault":
      return await core.faces.vault.create({ passphrase: request.text }, "cli");
    case "unlock-vault":
      return await core.faces.vault.unlock({ store: "passphrase", passphrase: request.text }, "cli");
    case "change-network": {
      const network = networkSettingsSchema.parse(JSON.parse(request.text));
      return await core.faces.system.changeNetwork(network, "window");
    }
    case "change-consents": {
      const containerConsents = settingsSchema.shape.containerConsents.parse(JSON.parse(request.text));
      return core.faces.system.changeSettings({ containerConsents }, "window");
    }
    case "settled":
      return await Promise.all(
        runs.list({ limit: 1_000 }).runs.map(({ id }) => untilFits(core, id, ({ state }) => isFinal(state))),
      );
    case "trail":
      return core.faces.audit.list({ limit: 1_000 }).entries;
    case "verify":
      return await core.faces.audit.verify();
    case "answers":
      return await answersOf();
    case "close":
      await core.close();
      return null;
  }
}

async function answersOf(): Promise<string> {
  const { agents, audit, credentials, logs, runs, system, variables, vault } = core.faces;
  const all = runs.list({ limit: 100 }).runs;
  // As it is taken to be written, and as UTF-8: output that holds UTF-16 makes the whole log look like it.
  const logged = all
    .flatMap(({ id }) => [
      logs.page({ runId: id, from: 1, limit: 1_000 }),
      logs.page({ runId: id, from: 1, limit: 1_000, encoding: "utf-8" }),
    ])
    // A run that has said nothing yet has no log; what is answered then is an answer too.
    .map((page) => page.catch(String));
  return JSON.stringify([
    agents.list(),
    credentials.list(),
    variables.list(),
    audit.list({ limit: 1_000 }),
    audit.export({ format: "csv", afterSeq: 0 }),
    await audit.verify(),
    await vault.status(),
    all,
    all.map(({ id }) => runs.timeline(id)),
    await Promise.all(logged),
    await system.doctor(),
  ]);
}

function reply(message: ChildReply): void {
  process.send?.(message);
}
