"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** False on the server and while the page is taken over from it, true from then on: for what only the browser knows. */
export function useInBrowser(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
