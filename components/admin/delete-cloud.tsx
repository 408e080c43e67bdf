"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { CloudContent, CloudContents, CloudDto } from "@/lib/features/clouds/schema";
import { formatCount } from "@/lib/kernel/format";
import { useWrite } from "./use-write";

/** Deletes a cloud. What of Rostrum's is still on it is listed first, and given up only with that list in view. */
export function DeleteCloud({ cloud }: { cloud: CloudDto }) {
  const router = useRouter();
  const [contents, setContents] = useState<CloudContents>();
  const look = useAction(() => apiFetch<CloudContents>(`/clouds/${cloud.id}/contents`), {
    onSuccess: setContents,
  });
  const remove = useWrite({
    success: `${cloud.title} deleted`,
    // Its own page is gone with it.
    onSuccess: () => router.push("/admin/clouds"),
  });
  const items = contents?.items ?? [];
  const works = items.some((one) => one.type === "run");
  const query = items.length > 0 ? `?force=true&acknowledgement=${contents?.acknowledgement}` : "";
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
          losses={["Address, settings and credentials of the cloud", ...items.map(lossOf)]}
          kept={items.length > 0 ? ["What runs on the cloud keeps running, without Rostrum"] : []}
          typeToConfirm={cloud.name}
          confirmLabel="Delete"
          ready={!works}
          onConfirm={() => remove.run(`/clouds/${cloud.id}${query}`, { method: "DELETE" })}
        />
      ) : null}
    </>
  );
}

function summaryOf(items: readonly CloudContent[], works: boolean): string {
  if (items.length === 0) return "Nothing of Rostrum’s is on this cloud.";
  if (works) return "A run works on this cloud. Wait for it or cancel it, then try again.";
  return `${formatCount(items.length, "item")} of Rostrum’s on this cloud will be given up. This can’t be undone.`;
}

const losses: Record<CloudContent["type"], (item: CloudContent) => string> = {
  run: ({ name, detail }) => `Run of ${name}: ${detail}`,
  request: ({ name }) => `Request for ${name}, which is canceled`,
  environment: ({ name }) => `Environment ${name}, as far as it runs here`,
  resource: ({ name }) => `Record of ${name}, which becomes an orphaned resource`,
  orphan: ({ name, detail }) => `Orphaned ${detail} ${name}, which stays on the cloud`,
  unknown: ({ name, detail }) => `${name}, so what is left on it is unknown: ${detail}`,
};

function lossOf(item: CloudContent): string {
  return losses[item.type](item);
}
