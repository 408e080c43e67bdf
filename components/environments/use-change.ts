"use client";

import { useRouter } from "next/navigation";
import { apiPost } from "@/components/data/api";
import type { ApiBody } from "@/components/data/api-types";
import { type Action, useAction } from "@/components/data/use-action";
import { toast } from "@/components/ui/toast";

type Body = ApiBody<"/requests", "post">;
type Wish<Change> = Change extends { environment: string } ? Omit<Change, "environment"> : never;
/** A change of an environment, without the environment. */
type ChangeWish = Wish<Body>;

/**
 * Asks for a change of an environment, the one way there is. What waits for approval leads to its request; with
 * `watch` what starts at once leads to its run.
 */
export function useChange(environmentId: string, options: { watch?: boolean; done?: string } = {}) {
  const router = useRouter();
  const action: Action<[ChangeWish]> = useAction(
    (wish: ChangeWish) => apiPost("/requests", { body: { reason: "", environment: environmentId, ...wish } }),
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
