"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { apiFetch } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import type { NotificationDto } from "@/lib/features/notifications/schema";

const shown = 6;

/** The latest unread notifications, asked for when they are first shown; undefined until then, null when that failed. */
export function useUnread() {
  const router = useRouter();
  const [items, setItems] = useState<readonly NotificationDto[] | null>();
  useEffect(() => {
    const abort = new AbortController();
    apiFetch<{ items: NotificationDto[] }>(`/notifications?unread=true&limit=${shown}`, {
      signal: abort.signal,
    }).then(
      (answer) => setItems(answer.items),
      () => {
        if (!abort.signal.aborted) setItems(null);
      },
    );
    return () => abort.abort();
  }, []);
  const readAll = useAction(() => apiFetch("/notifications/read-all", { method: "POST" }), {
    onSuccess: () => {
      setItems([]);
      router.refresh();
    },
  });
  const read = useAction(
    (id: string) => apiFetch(`/notifications/${id}`, { method: "PATCH", body: { read: true } }),
    { onSuccess: () => router.refresh() },
  );
  return { items, readAll, read };
}
