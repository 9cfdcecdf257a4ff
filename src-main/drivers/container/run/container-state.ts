/** The part of what an engine says of a container that tells whether it has ended. */
interface ContainerState {
  readonly Running: boolean;
  readonly Paused: boolean;
  readonly Status: string;
}

export function isLive(state: ContainerState): boolean {
  return state.Running || state.Paused || state.Status === "stopping" || state.Status === "removing";
}

/** Whether a container that was started has ended, and its state does not say how any more; see QUIRKS.md. */
export function wasPreparedAnew(state: Pick<ContainerState, "Status">): boolean {
  return state.Status === "created";
}
