"use client";

import { FlaskConical } from "lucide-react";
import { useRouter } from "next/navigation";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";

export interface DemoBannerProps {
  /** Whether this person may remove the demo data. */
  removable: boolean;
  /** Below /api/v1; answers DELETE. */
  endpoint?: string;
}

/** Says plainly that the figures on screen are made up, and takes them away. */
export function DemoBanner({ removable, endpoint = "/demo" }: DemoBannerProps) {
  const router = useRouter();
  const remove = useAction(() => apiFetch(endpoint, { method: "DELETE" }), {
    success: "Demo data removed.",
    onSuccess: () => router.refresh(),
  });
  return (
    <aside
      aria-label="Demo notice"
      className="flex flex-wrap items-center justify-center gap-x-2 border-b bg-subtle px-4 py-1.5 text-xs text-muted"
    >
      <FlaskConical className="size-3.5" aria-hidden />
      <span>Demo data: simulated environments and costs.</span>
      {removable ? (
        <ConfirmDialog
          trigger={
            <button type="button" className="rounded-sm font-medium text-ink underline underline-offset-3">
              Remove
            </button>
          }
          title="Remove the demo data?"
          description="The organisation becomes empty, apart from what was created by you and your colleagues."
          losses={[
            "Simulated environments with their history and costs",
            "Demo people; whoever is signed in as one is signed out",
          ]}
          kept={["Templates, clouds, policies and price book", "Environments that run on real clouds"]}
          confirmLabel="Remove demo data"
          onConfirm={() => remove.run()}
        />
      ) : null}
    </aside>
  );
}
