"use client";

import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { BarButton } from "./bar-button";

/** Starts the demo over. No one stays signed in as a demo user, so it ends where one signs in. */
export function ResetDemo() {
  const reset = useAction(() => apiPost("/demo/reset"), {
    onSuccess: () => window.location.assign("/sign-in"),
  });
  return (
    <ConfirmDialog
      trigger={<BarButton>Reset demo</BarButton>}
      title="Reset demo?"
      description="Creates the demo again as it was at the start. Rostrum refuses and lists what is in the way if anything outside the demo would be affected."
      losses={[
        "Everything that demo users created or changed since then",
        "Demo users’ sessions and API tokens (you sign in again)",
      ]}
      kept={["Environments, projects and users outside the demo", "Audit log"]}
      typeToConfirm="demo"
      confirmLabel="Reset demo"
      onConfirm={() => reset.run()}
    />
  );
}
