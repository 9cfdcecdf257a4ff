import { test as base, expect } from "./e2e.ts";
import { BUSYBOX_IMAGE, startEngine, type TestEngine } from "./engines.ts";

export { expect };

/**
 * The specs of a file share one real engine, which the program finds as `docker`. A file that uses it says
 * `test.describe.configure({ mode: "default" })`, so that one worker runs it and one engine is started.
 */
export const test = base.extend<object, { readonly engine: TestEngine }>({
  engine: [
    async ({ browserName: _browser }, use) => {
      await using engine = await startEngine("docker");
      await use(engine);
    },
    { scope: "worker", timeout: 120_000 },
  ],
  programEnvironment: async ({ engine }, use) => use({ DOCKER_HOST: `unix://${engine.socket}` }),
});

/** Ends at once when it is asked to, unlike a bare `sleep`. */
const PATIENT = "trap 'exit 0' TERM; while :; do sleep 0.1; done";

/** Runs a container that waits; `options` as `docker run` takes them. */
export async function runPatient(
  engine: TestEngine,
  name: string,
  options: readonly string[] = [],
): Promise<void> {
  await runScript(engine, { name, options, script: PATIENT });
}

export interface ScriptContainer {
  readonly name: string;
  readonly script: string;
  readonly options?: readonly string[];
}

export async function runScript(
  engine: TestEngine,
  { name, options = [], script }: ScriptContainer,
): Promise<void> {
  const words = ["run", "-d", "--name", name, "--network=none", ...options];
  await engine.command(...words, BUSYBOX_IMAGE, "sh", "-c", script);
}
