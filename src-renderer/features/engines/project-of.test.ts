import { expect, test } from "vitest";
import { projectOf } from "./project-of.ts";

test("a project is called as its folder, as far as that may be a name", () => {
  const files = ["/home/me/My Shop/compose.yaml", "C:\\stacks\\_web.2\\compose.yaml", "compose.yaml", ""];

  expect(files.map(projectOf)).toEqual(["myshop", "web2", "", ""]);
});
