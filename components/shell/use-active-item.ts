"use client";

import { type RefObject, useEffect, useRef, useState } from "react";

/** The item that Enter would choose, named to screen readers; `listed` is what the list depends on. */
export function useActiveItem(listed: readonly unknown[]) {
  const [selected, setSelected] = useState("");
  const list = useRef<HTMLDivElement>(null);
  // While filtering, cmdk continues naming an item that is gone as the active one: name the one that is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is listed follows from these
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const active = list.current?.querySelector('[cmdk-item][data-selected="true"]')?.id;
      // What was found after everything else had been filtered away: Enter must reach it.
      if (!active) setSelected(list.current?.querySelector("[cmdk-item]")?.getAttribute("data-value") ?? "");
      const owners = [list.current, document.querySelector("[cmdk-input]")];
      for (const owner of owners) {
        if (active) owner?.setAttribute("aria-activedescendant", active);
        else owner?.removeAttribute("aria-activedescendant");
      }
    });
    return () => cancelAnimationFrame(frame);
  }, [...listed, selected]);
  return { list, selected, setSelected, choose: () => chooseSelected(list) };
}

/** Chooses the selected item, or the first: what was found appears an instant before it is selected. */
function chooseSelected({ current: list }: RefObject<HTMLElement | null>): void {
  const selected = list?.querySelector<HTMLElement>('[cmdk-item][data-selected="true"]');
  (selected ?? list?.querySelector<HTMLElement>("[cmdk-item]"))?.click();
}
