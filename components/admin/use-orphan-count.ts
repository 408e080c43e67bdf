"use client";

import { useEffect, useState } from "react";
import { apiGet } from "@/components/data/api";
import type { CloudHealth } from "@/lib/features/clouds/schema";

interface OrphansOfCloud {
  id: string;
  title: string;
  count: number;
  /** There are more than the cloud's list holds. */
  truncated: boolean;
}

export interface OrphanCount {
  /** Every cloud answered or failed to. */
  asked: boolean;
  found: readonly OrphansOfCloud[];
  /** Titles of clouds that didn't answer. */
  failed: readonly string[];
}

/** Asks each cloud once what Rostrum left on it without an environment. What others made there is not counted. */
export function useOrphanCount(clouds: readonly CloudHealth[]): OrphanCount {
  const [count, setCount] = useState<OrphanCount>({ asked: false, found: [], failed: [] });
  const ids = clouds.map((cloud) => cloud.id).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: a refresh brings the same clouds in a new list
  useEffect(() => {
    const abort = new AbortController();
    void Promise.allSettled(clouds.map((cloud) => askCloud(cloud, abort.signal))).then((answers) => {
      if (abort.signal.aborted) return;
      setCount({
        asked: true,
        found: answers.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])),
        failed: clouds.filter((_, index) => answers[index]?.status === "rejected").map((one) => one.title),
      });
    });
    return () => abort.abort();
  }, [ids]);
  return count;
}

async function askCloud({ id, title }: CloudHealth, signal: AbortSignal): Promise<OrphansOfCloud> {
  const answer = await apiGet("/clouds/{id}/orphans", { path: { id }, signal });
  const managed = answer.items.filter((one) => one.kind === "managed");
  return { id, title, count: managed.length, truncated: answer.truncated };
}
