"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { apiGet, apiPatch, apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import type { NotificationDto } from "@/lib/features/notifications/schema";

const shown = 6;

/** The latest unread notifications, asked for when they are first shown; undefined until then, null when that failed. */
export function useUnread() {
  const router = useRouter();
  const [items, setItems] = useState<readonly NotificationDto[] | null>();
  useEffect(() => {
    const abort = new AbortController();
    apiGet("/notifications", { query: { unread: "true", limit: shown }, signal: abort.signal }).then(
      (answer) => setItems(answer.items),
      () => {
        if (!abort.signal.aborted) setItems(null);
      },
    );
    return () => abort.abort();
  }, []);
  const readAll = useAction(() => apiPost("/notifications/read-all"), {
    onSuccess: () => {
      setItems([]);
      router.refresh();
    },
  });
  const read = useAction(
    (id: string) => apiPatch("/notifications/{id}", { path: { id }, body: { read: true } }),
    { onSuccess: () => router.refresh() },
  );
  return { items, readAll, read };
}
