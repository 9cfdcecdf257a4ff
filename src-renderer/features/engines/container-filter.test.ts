import { expect, test } from "vitest";
import type { Container } from "#contract/engine.ts";
import { chooseContainers, isChosen, NO_CHOICE, readChoice, writeChoice } from "./container-filter.ts";

function container(name: string, change: Partial<Container> = {}): Container {
  return {
    id: `${name}0123456789ab`,
    name,
    image: "localhost/busybox:1",
    imageId: "sha256:1",
    state: "running",
    status: "Up 2 minutes",
    createdAtMs: 1,
    ports: [],
    project: null,
    service: null,
    runId: null,
    startedAtMs: 1,
    restartCount: 0,
    exitCode: null,
    ...change,
  };
}
const all = [
  container("web", {
    ports: [{ containerPort: 80, protocol: "tcp", hostPort: 8080, hostAddress: "0.0.0.0" }],
  }),
  container("db", { project: "shop", service: "store", state: "exited" }),
  container("old", { image: "nginx:1.27", state: "paused" }),
];
const found = (text: string) =>
  chooseContainers(all, readChoice(new URLSearchParams(text))).map(({ name }) => name);

test("containers are found by name, image, project, service, id and port, every word of them", () => {
  expect(found("q=8080")).toEqual(["web"]);
  expect(found("q=NGINX")).toEqual(["old"]);
  expect(found("q=shop+store")).toEqual(["db"]);
  expect(found("q=web0123")).toEqual(["web"]);
  expect(found("q=shop+nginx")).toEqual([]);
});

test("states narrow what the words found", () => {
  expect(found("state=paused,exited")).toEqual(["db", "old"]);
  expect(found("state=paused&q=shop")).toEqual([]);
  expect(found("state=no-such-state")).toEqual(["web", "db", "old"]);
});

test("an address keeps a choice and everything else it says", () => {
  const address = writeChoice(new URLSearchParams("tab=images"), { states: ["paused"], search: "a b" });

  expect(address.toString()).toBe("tab=images&state=paused&q=a+b");
  expect(readChoice(address)).toEqual({ states: ["paused"], search: "a b" });
  expect(writeChoice(address, NO_CHOICE).toString()).toBe("tab=images");
  expect([isChosen(readChoice(address)), isChosen({ states: [], search: " " })]).toEqual([true, false]);
});
