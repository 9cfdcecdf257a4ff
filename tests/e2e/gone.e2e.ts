import { expect, test } from "#tests/helpers/e2e.ts";

/** Addresses that name nothing: well written ones of what was removed, and ones that cannot name anything. */
const GONE = [
  { address: "/agents/gone", title: "There is no agent “gone”", way: "Show all agents", list: "Agents" },
  { address: "/agents/Gone_", title: "There is no agent “Gone_”", way: "Show all agents", list: "Agents" },
  { address: "/runs/1m7x9881d00000zz", title: "There is no such run", way: "Show all runs", list: "Runs" },
  { address: "/runs/gone", title: "There is no such run", way: "Show all runs", list: "Runs" },
  { address: "/targets/gone", title: "There is no target “gone”", way: "Show all targets", list: "Targets" },
  {
    address: "/targets/Gone_",
    title: "There is no target “Gone_”",
    way: "Show all targets",
    list: "Targets",
  },
  { address: "/engines/gone", title: "There is no engine “gone”", way: "Show all targets", list: "Targets" },
  {
    address: "/engines/Gone_",
    title: "There is no engine “Gone_”",
    way: "Show all targets",
    list: "Targets",
  },
] as const;

test("an address of what is gone says so and leads to the list", async ({ app }) => {
  const main = app.page.getByRole("main");
  for (const { address, title, way, list } of GONE) {
    await test.step(address, async () => {
      await app.open(address);
      await expect(main.getByRole("heading", { name: title })).toBeVisible();

      await main.getByRole("link", { name: way }).click();

      await expect(main.getByRole("heading", { level: 1, name: list, exact: true })).toBeVisible();
    });
  }
});
