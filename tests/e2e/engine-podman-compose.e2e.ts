import { test } from "#tests/helpers/e2e-engine.ts";
import { steerStack } from "#tests/helpers/pages/compose-stack.ts";

test.use({ product: "podman" });
test.describe.configure({ mode: "default" });
test("a stack on Podman is started from its file, updated, stopped and taken down as one @web", async ({
  app,
  engine,
}) => {
  await steerStack(app, engine);
});
