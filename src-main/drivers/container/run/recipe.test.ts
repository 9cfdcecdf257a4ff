import { expect, test } from "vitest";
import { agentNameSchema } from "#contract/ids.ts";
import { planImage, type RecipeSpec } from "./recipe.ts";

const spec = (changes: Partial<RecipeSpec>): RecipeSpec => ({
  agent: agentNameSchema.parse("watcher"),
  release: "abcdef0123456789",
  command: ["python3", "main.py"],
  needs: {},
  ...changes,
});

test("an image that the manifest names is taken as it is", () => {
  const container = { image: "ghcr.io/a/b@sha256:1", volumes: [] };
  expect(planImage(spec({ container }))).toEqual({
    image: "ghcr.io/a/b@sha256:1",
    build: "none",
    dockerfile: null,
  });
});

test("an agent with a Dockerfile gets an image per release", () => {
  const container = { build: ".", volumes: [] };
  expect(planImage(spec({ container }))).toEqual({
    image: "localhost/pilothouse/watcher:abcdef012345",
    build: "agent-dockerfile",
    dockerfile: null,
  });
});

test("a process agent in Python is built with its requirements, on the newest Python it takes", () => {
  const needs = { python: { version: ">=3.9,<3.12", requirementsFile: "requirements.txt" } };
  const { build, dockerfile } = planImage(spec({ needs }));

  expect(build).toBe("generated-dockerfile");
  expect(dockerfile).toContain("FROM docker.io/library/python:3.11-slim\n");
  expect(dockerfile).toContain('"-r", "requirements.txt"]');
});

test("a process agent in Node is built with its lock file and without install scripts", () => {
  const needs = { node: { lockFile: "app/package-lock.json" } };
  const { dockerfile } = planImage(spec({ command: ["node", "app/main.js"], needs }));

  expect(dockerfile).toContain("FROM docker.io/library/node:24-slim\n");
  expect(dockerfile).toContain('WORKDIR /agent/app\nRUN ["npm", "ci", "--ignore-scripts"');
});

test("a Python that no image has is said before anything is built", () => {
  const needs = { python: { version: "<3.5" } };
  expect(() => planImage(spec({ needs }))).toThrow(
    expect.objectContaining({ code: "start.runtime_missing" }),
  );
});
