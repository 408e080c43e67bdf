"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { apiPatch, apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Dot } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { NotificationDto } from "@/lib/features/notifications/schema";

/** What a person was told; opening one marks it as read. */
export function NotificationList(props: { items: readonly NotificationDto[]; unreadOnly?: boolean }) {
  const { items, unreadOnly } = props;
  const router = useRouter();
  const read = useAction(
    async (item: NotificationDto) => {
      if (item.readAt) return;
      await apiPatch("/notifications/{id}", { path: { id: item.id }, body: { read: true } });
    },
    { onSuccess: () => router.refresh() },
  );
  if (items.length === 0) {
    return (
      <div className="rounded-card border bg-panel">
        <EmptyState title={unreadOnly ? "You’re all caught up" : "No notifications yet"}>
          We’ll notify you when a run finishes, a lease is about to expire or an approval needs you.
        </EmptyState>
      </div>
    );
  }
  return (
    <ul className="divide-y overflow-hidden rounded-card border bg-panel shadow-panel">
      {items.map((item) => (
        <li key={item.id}>
          <Link
            href={item.href || "/notifications"}
            onClick={() => void read.run(item)}
            className="flex w-full gap-3 px-4 py-3 text-left outline-offset-[-2px] hover:bg-subtle"
          >
            <Dot tone={item.readAt ? "neutral" : "accent"} className="mt-[7px]" />
            <span className="min-w-0 flex-1">
              <span className={item.readAt ? "text-ink-soft" : "font-semibold"}>{item.title}</span>
              <span className="sr-only">{item.readAt ? " read" : " unread"}</span>
              {item.body ? <span className="block text-ink-soft">{item.body}</span> : null}
            </span>
            <Time value={item.createdAt} className="shrink-0 text-xs text-muted" />
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function ReadAll() {
  const router = useRouter();
  const all = useAction(() => apiPost("/notifications/read-all"), {
    onSuccess: () => router.refresh(),
  });
  return (
    <Button loading={all.pending} onClick={() => void all.run()}>
      Mark all as read
    </Button>
  );
}
