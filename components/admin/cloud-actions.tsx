"use client";

import { RefreshCw } from "lucide-react";
import { apiPatch, apiPost } from "@/components/data/api";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import type { CloudDto } from "@/lib/features/clouds/schema";
import { DeleteCloud } from "./delete-cloud";
import { useWrite } from "./use-write";

/** Checks a cloud now, takes it out of placement and back, and deletes a disabled one. */
export function CloudActions({ cloud }: { cloud: CloudDto }) {
  const path = { id: cloud.id };
  const check = useWrite(() => apiPost("/clouds/{id}/check", { path }), {
    onSuccess: (now) =>
      now.healthOk
        ? toast.success(`${now.title} is healthy`)
        : toast.error(`${now.title} is unhealthy`, { description: now.healthMessage }),
  });
  const change = useWrite((enabled: boolean) => apiPatch("/clouds/{id}", { path, body: { enabled } }), {
    success: cloud.enabled ? `${cloud.title} disabled` : `${cloud.title} enabled`,
  });
  return (
    <div className="flex flex-wrap gap-1.5">
      {cloud.enabled ? (
        <ConfirmDialog
          trigger={
            <Button size="sm" variant="ghost">
              Disable
            </Button>
          }
          title={`Disable ${cloud.title}?`}
          description="No new environments will be placed here. You can re-enable the cloud at any time."
          kept={["Existing environments (still running and monitored)"]}
          confirmLabel="Disable cloud"
          tone="primary"
          onConfirm={() => change.run(false)}
        />
      ) : (
        <>
          <DeleteCloud cloud={cloud} />
          <Button size="sm" loading={change.pending} onClick={() => void change.run(true)}>
            Enable
          </Button>
        </>
      )}
      <Button size="sm" loading={check.pending} onClick={() => void check.run()}>
        <RefreshCw aria-hidden /> Check now
      </Button>
    </div>
  );
}
