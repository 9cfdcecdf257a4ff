import { AppError } from "#contract/errors.ts";
import type { AgentName } from "#contract/ids.ts";
import { VARIABLE_TYPES, type Variable, type VariableType } from "#contract/variable.ts";
import type { Call, Command, Flag } from "../command.ts";
import { isoOf } from "../run-text.ts";
import { table } from "../table.ts";
import { harmless } from "../terminal.ts";

const AGENT: Flag = {
  name: "agent",
  value: "NAME",
  summary: "Only for this agent; it goes before the one for all",
  completion: "agent",
};
const NAME = { name: "NAME", summary: "Name of the variable; what agent.yaml names" };

export const variableSet: Command = {
  path: ["variable", "set"],
  summary: "Set a variable for all agents or for one; not for secrets",
  args: [NAME, { name: "VALUE", summary: "Its value, as text" }],
  flags: [
    AGENT,
    { name: "type", value: "T", summary: VARIABLE_TYPES.join(", "), completion: VARIABLE_TYPES },
  ],
  examples: [
    "pilothouse variable set BASE_URL https://shop.example",
    "pilothouse variable set RETRIES 5 --type number --agent price-watcher",
  ],
  async run(call) {
    const type = typeOf(call);
    const link = await call.link();
    const variable = await link.tell((client) =>
      client.variables.set.mutate({
        ...refOf(call),
        value: call.text("VALUE"),
        ...(type === undefined ? {} : { type }),
      }),
    );
    await call.answer(variableDocument(variable), `Set ${variable.name}${whoseText(variable)}.`);
    return 0;
  },
};

export const variableGet: Command = {
  path: ["variable", "get"],
  summary: "Print the value of a variable",
  args: [NAME],
  flags: [AGENT],
  examples: ["pilothouse variable get BASE_URL"],
  async run(call) {
    const link = await call.link();
    const variable = await link.ask((client) => client.variables.get.query(refOf(call)));
    await call.answer(variableDocument(variable), harmless(variable.value));
    return 0;
  },
};

export const variableList: Command = {
  path: ["variable", "list"],
  summary: "List variables",
  args: [],
  flags: [],
  examples: ["pilothouse variable list"],
  async run(call) {
    const link = await call.link();
    const all = await link.ask((client) => client.variables.list.query());
    const rows = all.map((variable) => [
      variable.name,
      variable.agent ?? "all agents",
      variable.type,
      variable.usedBy.join(",") || "nobody",
      harmless(variable.value),
    ]);
    const text =
      all.length === 0
        ? "There are no variables."
        : table([["NAME", "FOR", "TYPE", "USED BY", "VALUE"], ...rows]);
    await call.answer(all.map(variableDocument), text);
    return 0;
  },
};

export const variableRemove: Command = {
  path: ["variable", "remove"],
  summary: "Remove a variable; its history stays",
  args: [NAME],
  flags: [AGENT],
  examples: ["pilothouse variable remove BASE_URL"],
  async run(call) {
    const link = await call.link();
    const ref = refOf(call);
    await link.tell((client) => client.variables.remove.mutate(ref));
    await call.answer({ removed: ref.name, agent: ref.agent }, `Removed ${ref.name}.`);
    return 0;
  },
};

function refOf(call: Call): { name: string; agent: AgentName | null } {
  const agent = call.text("agent");
  return { name: call.text("NAME"), agent: agent === "" ? null : (agent as AgentName) };
}

function typeOf(call: Call): VariableType | undefined {
  const text = call.text("type");
  if (text === "") return undefined;
  const type = VARIABLE_TYPES.find((known) => known === text);
  if (type !== undefined) return type;
  const expected = VARIABLE_TYPES.join(", ");
  throw new AppError("usage.invalid", `--type ${text} is none of ${expected}`, {
    details: { argument: "--type", problem: `is ${text}`, expected },
  });
}

function variableDocument({ changedAtMs, ...rest }: Variable) {
  return { ...rest, changedAt: isoOf(changedAtMs) };
}

function whoseText({ agent }: Variable): string {
  return agent === null ? " for all agents" : ` for ${agent}`;
}
