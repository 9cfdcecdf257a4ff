import { afterAll, beforeAll } from "vitest";
import { startEngine, type TestEngine } from "../helpers/engines.ts";
import { AGENT_FILES, makeContainerDriver } from "./driver-container-target.ts";
import { describeDriverContract } from "./driver-contract.ts";
import { describeDriverSecretsContract } from "./driver-secrets-contract.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine("docker", { nodeFiles: AGENT_FILES });
});
afterAll(() => engine[Symbol.asyncDispose]());

describeDriverContract("docker", () => makeContainerDriver(engine));
describeDriverSecretsContract("docker", () => makeContainerDriver(engine));
