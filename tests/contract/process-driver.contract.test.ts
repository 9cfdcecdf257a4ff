import { describeDriverContract } from "./driver-contract.ts";
import { makeProcessDriver } from "./driver-process-target.ts";
import { describeDriverSecretsContract } from "./driver-secrets-contract.ts";

describeDriverContract("process", () => makeProcessDriver());
describeDriverSecretsContract("process", makeProcessDriver);
