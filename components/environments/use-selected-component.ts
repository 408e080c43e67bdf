"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useRef } from "react";

const parameter = "component";

/**
 * The component that the URL names (`?component=web`), so that its details can be linked and the browser's back button
 * closes them. Opening and closing load nothing from the server.
 */
export function useSelectedComponent() {
  const pathname = usePathname();
  const search = useSearchParams();
  const selected = search.get(parameter);
  const hasEntry = useRef(false);

  function urlWith(component: string | null): string {
    const next = new URLSearchParams(search);
    if (component === null) next.delete(parameter);
    else next.set(parameter, component);
    return next.size > 0 ? `${pathname}?${next}` : pathname;
  }

  function select(component: string) {
    if (selected !== null) return window.history.replaceState(null, "", urlWith(component));
    hasEntry.current = true;
    window.history.pushState(null, "", urlWith(component));
  }

  function close() {
    if (!hasEntry.current) return window.history.replaceState(null, "", urlWith(null));
    hasEntry.current = false;
    window.history.back();
  }

  return { selected, select, close };
}
