import { describe, expect, it } from "vitest";
import type { RunSecrets } from "#main/drivers/index.ts";
import { type DriverUnderTest, forever, hear, started, textOf } from "./driver-under-test.ts";

const VALUE = 'handed-over "7f2a"';
const SECRETS: RunSecrets = { env: { HANDED: VALUE }, files: [], descriptors: [], masked: [VALUE] };

/** Rule 10 of `driver.ts`, for drivers that take secrets. */
export function describeDriverSecretsContract(name: string, make: () => Promise<DriverUnderTest>): void {
  describe(`driver secrets contract: ${name}`, () => {
    it("says that it takes secrets, and hands them to the run, masked in what the run says", async () => {
      await using subject = await make();
      const spec = await subject.specOf({ does: "show-environment" }, { secrets: SECRETS });

      const { chunks, exit } = await hear(await started(subject.driver, spec));

      expect(subject.driver.capabilities.secrets).toBe(true);
      expect(exit.exitCode).toBe(0);
      expect(JSON.parse(textOf(chunks))).toMatchObject({ HANDED: "***" });
    });

    it("keeps them masked for the core that finds the run later", async () => {
      await using subject = await make();
      const spec = await subject.specOf({ does: "show-environment" }, { secrets: SECRETS });
      const first = await started(subject.driver, spec);
      await hear(first);
      await subject.endCore();

      const next = await subject.createNext();
      const found = await next.adopt({ runId: spec.runId, ref: first.ref, afterCursor: null }, forever);
      if (found === null) throw new Error("the run was not found");

      expect(JSON.parse(textOf((await hear(found)).chunks))).toMatchObject({ HANDED: "***" });
    });

    it("hands them to no other run", async () => {
      await using subject = await make();
      const spec = await subject.specOf({ does: "nothing" }, { secrets: SECRETS });
      await hear(await started(subject.driver, spec));

      const { chunks } = await hear(
        await started(subject.driver, await subject.specOf({ does: "show-environment" })),
      );

      expect(JSON.parse(textOf(chunks))).not.toHaveProperty("HANDED");
    });
  });
}
