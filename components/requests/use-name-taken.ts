"use client";

import { useEffect, useState } from "react";
import { apiGet } from "@/components/data/api";

const debounceMs = 250;

export type NameState = "unknown" | "asking" | "free" | "taken";

/** Whether a living environment of the project has the name already. The server decides again on submit. */
export function useNameTaken(project: string, name: string, enabled: boolean): NameState {
  const [state, setState] = useState<NameState>("unknown");
  useEffect(() => {
    if (!enabled || !project) {
      setState("unknown");
      return;
    }
    const abort = new AbortController();
    setState("asking");
    const timer = setTimeout(async () => {
      try {
        const query = { project, q: name, limit: 200 };
        const found = await apiGet("/environments", { query, signal: abort.signal });
        setState(found.items.some((item) => item.name === name) ? "taken" : "free");
      } catch {
        // Not knowing is no reason to stop anybody: submitting asks again.
        if (!abort.signal.aborted) setState("unknown");
      }
    }, debounceMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [project, name, enabled]);
  return state;
}
