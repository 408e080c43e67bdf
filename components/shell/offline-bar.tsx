"use client";

import { CloudOff } from "lucide-react";
import { useConnection } from "./use-connection";

const words = {
  offline: "You’re offline. This page shows what was loaded last.",
  unreachable: "Can’t reach Rostrum. This page shows what was loaded last.",
} as const;

/** Says that the page stands still, for as long as it does. */
export function OfflineBar() {
  const connection = useConnection();
  return (
    <div role="status" className="sticky top-13 z-20 lg:top-0">
      {connection === "online" ? null : (
        <p className="flex flex-wrap items-center justify-center gap-x-2 border-b bg-warning-soft px-4 py-1.5 text-xs">
          <CloudOff className="size-3.5" aria-hidden />
          <span>{words[connection]} It updates when the connection is back.</span>
        </p>
      )}
    </div>
  );
}
