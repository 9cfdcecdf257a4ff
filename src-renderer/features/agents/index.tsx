import { type AgentName, agentNameSchema } from "#contract/ids.ts";
import { lazyPart } from "../../ui/index.ts";
import { type Feature, paths } from "../../workbench/index.ts";
import { NoSuchAgent } from "./no-such-agent.tsx";

export { useAgentActions } from "./agent-actions.tsx";

const AgentsPage = lazyPart<object>(async () => (await import("./agents-page.tsx")).AgentsPage);
const AgentPage = lazyPart<{ readonly name: AgentName }>(
  async () => (await import("./agent-page.tsx")).AgentPage,
);
const AddDialog = lazyPart<object>(async () => (await import("./add-dialog.tsx")).AddDialog);
const StartDialog = lazyPart<object>(async () => (await import("./start-dialog.tsx")).StartDialog);

function AgentOverlays() {
  return (
    <>
      <AddDialog />
      <StartDialog />
    </>
  );
}

/** Agents: their list, a page each, and the dialogs that add and start them. */
export const agentsFeature: Feature = {
  id: "agents",
  place: "agents",
  parts: [AgentsPage, AgentPage],
  Overlays: AgentOverlays,
  routes: [
    { pattern: paths.agents, render: () => <AgentsPage /> },
    {
      pattern: "/agents/:name",
      crumb: ({ name }) => name ?? "",
      render: ({ name }) => {
        const parsed = agentNameSchema.safeParse(name);
        return parsed.success ? (
          <AgentPage key={parsed.data} name={parsed.data} />
        ) : (
          <NoSuchAgent agent={name ?? ""} />
        );
      },
    },
  ],
};
