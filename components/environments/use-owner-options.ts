"use client";

import { useEffect, useState } from "react";
import { ApiProblem, apiGet } from "@/components/data/api";
import { toastProblem } from "@/components/data/use-action";
import { ownerOptions } from "./owner-options";
import type { OwnerOption } from "./transfer-dialog";

/** Members of a project who may own its environments, loaded once they are needed; null until they are there. */
export function useOwnerOptions(
  isNeeded: boolean,
  projectId: string,
  ownerId: string,
): readonly OwnerOption[] | null {
  const [options, setOptions] = useState<readonly OwnerOption[] | null>(null);
  useEffect(() => {
    if (!isNeeded) return;
    const ending = new AbortController();
    const load = async () => {
      try {
        const { items } = await apiGet("/projects/{id}/members", {
          path: { id: projectId },
          signal: ending.signal,
        });
        setOptions(ownerOptions(items, ownerId));
      } catch (error) {
        if (ending.signal.aborted) return;
        if (!(error instanceof ApiProblem)) throw error;
        toastProblem(error);
      }
    };
    void load();
    return () => ending.abort();
  }, [isNeeded, projectId, ownerId]);
  return options;
}
