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
    success: "Demo data removed",
    onSuccess: () => router.refresh(),
  });
  return (
    <aside
      aria-label="Demo notice"
      className="flex flex-wrap items-center justify-center gap-x-2 border-b bg-subtle px-4 py-1.5 text-xs text-muted"
    >
      <FlaskConical className="size-3.5" aria-hidden />
      <span>You’re viewing demo data. Demo environments and their costs are simulated.</span>
      {removable ? (
        <ConfirmDialog
          trigger={
            <button type="button" className="rounded-sm font-medium text-ink underline underline-offset-3">
              Remove demo data
            </button>
          }
          title="Remove demo data?"
          description="Everything you and your colleagues created outside the demo is kept."
          losses={[
            "Simulated environments with their history and costs",
            "Demo users (anyone signed in as one is signed out)",
          ]}
          kept={["Templates, clouds, policies and price books", "Environments running on real clouds"]}
          confirmLabel="Remove demo data"
          onConfirm={() => remove.run()}
        />
      ) : null}
    </aside>
  );
}
