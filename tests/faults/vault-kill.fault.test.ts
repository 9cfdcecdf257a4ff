import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { CoreChild } from "#tests/helpers/core-child.ts";
import { removeFolder, writeAgent } from "#tests/helpers/core-harness.ts";
import { Keyring } from "#tests/helpers/keyring.ts";
import { ROTATION_STEPS } from "#tests/security/crash-steps.ts";
import { environmentOf } from "#tests/security/source-changes.ts";

const run = promisify(execFile);

/** Where the core itself dies. */
const STEPS = ROTATION_STEPS.filter(({ file }) => file.endsWith("credentials.ts"));

test("a core that dies at any step of a rotation leaves one value whole, and no other in the keyring for long", {
  timeout: 180_000,
}, async () => {
  await using keyring = await Keyring.open();
  const base = await mkdtemp(path.join(tmpdir(), "pilothouse-rotation-"));
  const data = path.join(base, "data");
  const out = path.join(base, "value");
  const agent = await writeAgent(path.join(base, "agent"), {
    name: "worker",
    manifest:
      "class: computational\nruntimes: { process: { command: [node, main.mjs] } }\ncredentials: [{ name: shop, env: { value: V } }]\n",
    files: {
      "main.mjs": `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(out)}, process.env.V);`,
    },
  });
  const dieFile = path.join(base, "die-at");
  const open = () => CoreChild.open(data, { ...keyring.env, ...environmentOf(ROTATION_STEPS, dieFile) });
  const valueNow = async (core: CoreChild) => {
    await writeFile(out, "");
    const { id } = await core.start("worker");
    await expect.poll(async () => (await core.get(id)).state).toBe("succeeded");
    return await readFile(out, "utf8");
  };
  const seen: boolean[] = [];
  {
    await using core = await open();
    await core.add(agent);
    await core.setCredential({ name: "shop", fields: { value: "value-0" } });
  }
  let last = "value-0";
  for (const [index, { step }] of STEPS.entries()) {
    const next = `value-${index + 1}`;
    await using core = await open();
    await writeFile(dieFile, step);
    const rotation = core.setCredential({ name: "shop", fields: { value: next } }).catch(() => undefined);
    await core.gone;
    await rotation;
    await using after = await open();
    const value = await valueNow(after);
    seen.push(value === last || value === next);
    last = value;
  }

  expect(seen).toEqual(STEPS.map(() => true));
  // The next change sweeps what the killed ones left: one item is all the keyring holds.
  await using core = await open();
  await core.setCredential({ name: "shop", fields: { value: "the-last-one" } });
  const { stdout } = await run("secret-tool", ["search", "--all", "service", "Pilothouse"], {
    env: keyring.env,
  });
  expect(stdout.match(/^secret = .*$/gm)).toHaveLength(1);
  await core.close();
  await removeFolder(base);
});
