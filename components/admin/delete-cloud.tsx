"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiDelete, apiGet } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { CloudContent, CloudContents, CloudDto } from "@/lib/features/clouds/schema";
import { formatCount } from "@/lib/kernel/format";
import { useWrite } from "./use-write";

/** Deletes a cloud. What of Rostrum's is still on it is listed first, and abandoned only with that list in view. */
export function DeleteCloud({ cloud }: { cloud: CloudDto }) {
  const router = useRouter();
  const [contents, setContents] = useState<CloudContents>();
  const path = { id: cloud.id };
  const look = useAction(() => apiGet("/clouds/{id}/contents", { path }), { onSuccess: setContents });
  const items = contents?.items ?? [];
  const acknowledged = { force: "true", acknowledgement: contents?.acknowledgement } as const;
  const query = items.length > 0 ? acknowledged : {};
  const remove = useWrite(() => apiDelete("/clouds/{id}", { path, query }), {
    success: `${cloud.title} deleted`,
    // Its own page is gone with it.
    onSuccess: () => router.push("/admin/clouds"),
  });
  const works = items.some((one) => one.type === "run");
  return (
    <>
      <Button size="sm" variant="ghost" loading={look.pending} onClick={() => void look.run()}>
        Delete
      </Button>
      {contents ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => open || setContents(undefined)}
          title={`Delete ${cloud.title}?`}
          description={summaryOf(items, works)}
          losses={["The cloud’s address, settings and credentials", ...items.map(lossOf)]}
          kept={items.length > 0 ? ["Resources running on the cloud (no longer managed by Rostrum)"] : []}
          typeToConfirm={cloud.name}
          confirmLabel="Delete cloud"
          missing={works ? "A run is in progress on this cloud." : null}
          onConfirm={() => remove.run()}
        />
      ) : null}
    </>
  );
}

function summaryOf(items: readonly CloudContent[], works: boolean): string {
  if (items.length === 0) return "Rostrum has no resources on this cloud.";
  if (works) return "A run is in progress on this cloud. Wait for it to finish or cancel it, then try again.";
  return `Rostrum will no longer manage ${formatCount(items.length, "item")} on this cloud. This can’t be undone.`;
}

const losses: Record<CloudContent["type"], (item: CloudContent) => string> = {
  run: ({ name, detail }) => `Run of ${name}: ${detail}`,
  request: ({ name }) => `Request for ${name} (will be canceled)`,
  environment: ({ name }) => `Environment ${name} (the part on this cloud)`,
  resource: ({ name }) => `Record of ${name} (becomes an orphaned resource)`,
  orphan: ({ name, detail }) => `Record of orphaned ${detail} ${name} (the resource stays on the cloud)`,
  unknown: ({ name, detail }) => `${name}, so its resources are unknown: ${detail}`,
};

function lossOf(item: CloudContent): string {
  return losses[item.type](item);
}
