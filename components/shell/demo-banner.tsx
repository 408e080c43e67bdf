"use client";

import { FlaskConical } from "lucide-react";
import { useRouter } from "next/navigation";
import { apiDelete } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { DemoUser } from "@/lib/features/identity/schema";
import { BarButton } from "./bar-button";
import { ResetDemo } from "./demo-reset";
import { DemoSwitcher } from "./demo-switcher";

export interface DemoBannerProps {
  /** Whether this person may remove the demo data. */
  removable: boolean;
  /** The demo users this browser may continue as; empty for everyone who isn't one. */
  people: readonly DemoUser[];
  currentId: string;
}

/** Says plainly that the figures on screen are made up, lets demo users change places, and takes it all away. */
export function DemoBanner({ removable, people, currentId }: DemoBannerProps) {
  const router = useRouter();
  const remove = useAction(() => apiDelete("/demo"), {
    success: "Demo data removed",
    onSuccess: () => router.refresh(),
  });
  return (
    <aside
      aria-label="Demo notice"
      className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 border-b bg-subtle px-4 py-1.5 text-xs text-muted"
    >
      <span className="flex items-center gap-x-2">
        <FlaskConical className="size-3.5 shrink-0" aria-hidden />
        <span>You’re viewing demo data. Demo environments and their costs are simulated.</span>
      </span>
      <span className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1">
        {people.length > 1 ? <DemoSwitcher people={people} currentId={currentId} /> : null}
        {removable ? <ResetDemo /> : null}
        {removable ? (
          <ConfirmDialog
            trigger={<BarButton>Remove demo data</BarButton>}
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
      </span>
    </aside>
  );
}
