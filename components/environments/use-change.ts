"use client";

import { useRouter } from "next/navigation";
import { apiFetch } from "@/components/data/api";
import { type Action, useAction } from "@/components/data/use-action";
import { toast } from "@/components/ui/toast";
import type { SubmittedDto } from "@/lib/features/requests/schema";

export type ChangeWish = { kind: string; reason?: string } & Record<string, unknown>;

/**
 * Asks for a change of an environment, the one way there is. What waits for approval leads to its request; with
 * `watch` what starts at once leads to its run.
 */
export function useChange(environmentId: string, options: { watch?: boolean; done?: string } = {}) {
  const router = useRouter();
  const action: Action<[ChangeWish]> = useAction(
    (wish: ChangeWish) =>
      apiFetch<SubmittedDto>("/requests", { body: { reason: "", environment: environmentId, ...wish } }),
    {
      onSuccess: (submitted) => {
        if (submitted.status === "pending_approval") {
          toast("Submitted for approval", { description: "You’ll be notified when it’s reviewed." });
          router.push(`/requests/${submitted.id}`);
        } else if (options.watch && submitted.runId) {
          router.push(`/runs/${submitted.runId}`);
        } else {
          toast.success(options.done ?? "Change started");
          router.refresh();
        }
      },
    },
  );
  return action;
}
