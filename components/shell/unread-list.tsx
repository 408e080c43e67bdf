"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Dot } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { NotificationDto } from "@/lib/features/notifications/schema";
import { useUnread } from "./use-unread";

/** The content of the bell: what is unread, newest first. */
export function UnreadList({ onLeave }: { onLeave: () => void }) {
  const { items, readAll, read } = useUnread();
  return (
    <>
      <div className="flex min-h-12 items-center justify-between gap-3 border-b px-4 py-2">
        <h2 className="text-sm font-semibold">Notifications</h2>
        {items && items.length > 0 ? (
          <Button size="sm" variant="ghost" loading={readAll.pending} onClick={() => void readAll.run()}>
            Mark all as read
          </Button>
        ) : null}
      </div>
      <div className="relative max-h-[min(24rem,60dvh)] overflow-y-auto" aria-live="polite">
        {items === undefined ? <Waiting /> : null}
        {items === null ? (
          <Note>Couldn’t load notifications. Check your connection and try again.</Note>
        ) : null}
        {items?.length === 0 ? <Note>You’re all caught up</Note> : null}
        {items && items.length > 0 ? (
          <ul className="divide-y" aria-label="Unread notifications">
            {items.map((item) => (
              <Unread
                key={item.id}
                item={item}
                onOpen={() => {
                  void read.run(item.id);
                  onLeave();
                }}
              />
            ))}
          </ul>
        ) : null}
      </div>
      <Link
        href="/notifications"
        onClick={onLeave}
        className="block border-t px-4 py-2.5 text-center text-sm font-medium outline-offset-[-2px] hover:bg-hover"
      >
        View all notifications
      </Link>
    </>
  );
}

function Unread({ item, onOpen }: { item: NotificationDto; onOpen: () => void }) {
  return (
    <li>
      <Link
        href={item.href || "/notifications"}
        onClick={onOpen}
        className="flex gap-2.5 px-4 py-2.5 outline-offset-[-2px] hover:bg-hover"
      >
        <Dot tone="accent" className="mt-[7px]" />
        <span className="min-w-0 flex-1">
          <span className="block font-medium break-words">{item.title}</span>
          {item.body ? <span className="line-clamp-2 block text-xs text-ink-soft">{item.body}</span> : null}
          <Time value={item.createdAt} className="block text-xs text-muted" />
        </span>
      </Link>
    </li>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <p className="px-4 py-8 text-center text-muted">{children}</p>;
}

function Waiting() {
  return (
    <div className="grid gap-3 px-4 py-3.5">
      <span className="sr-only">Loading notifications</span>
      <Skeleton className="h-9" />
      <Skeleton className="h-9" />
      <Skeleton className="h-9" />
    </div>
  );
}
