import type { MouseEvent } from "react";

/**
 * For a button that starts something: the second click of a double click does nothing. The first may have been
 * answered by then, so that being busy alone does not hold it back. Keys have no click count and always act.
 */
export function onceClicked(act: () => void): (event: MouseEvent) => void {
  return ({ detail }) => {
    if (detail < 2) act();
  };
}
