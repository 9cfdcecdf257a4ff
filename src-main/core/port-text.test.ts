import { expect, test } from "vitest";
import { fillInPort } from "./port-text.ts";

test("the port is put in wherever it is named, and left alone without one", () => {
  expect(fillInPort("{port}:{port}", 80)).toBe("80:80");
  expect(fillInPort("{port}", null)).toBe("{port}");
});
