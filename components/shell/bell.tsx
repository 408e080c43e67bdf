"use client";

import { Bell as BellIcon } from "lucide-react";
import { useState } from "react";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { formatCount } from "@/lib/kernel/format";
import { UnreadList } from "./unread-list";

/** What happened that one should know of, wherever one is. */
export function Bell({ unread }: { unread: number }) {
  const [open, setOpen] = useState(false);
  const count = unread > 99 ? "99+" : String(unread);
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger
        aria-label={
          unread > 0 ? `Notifications, ${formatCount(unread, "unread", "unread")}` : "Notifications"
        }
        title="Notifications"
        className="relative rounded-control p-2 text-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover data-[state=open]:text-ink"
      >
        <BellIcon className="size-4.5" aria-hidden />
        {unread > 0 ? (
          <span
            aria-hidden
            className="absolute top-0 right-0 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent px-1 text-[10px] leading-none font-semibold text-on-accent tabular"
          >
            {count}
          </span>
        ) : null}
      </PopoverTrigger>
      <PopoverContent align="start" aria-label="Notifications">
        <UnreadList onLeave={() => setOpen(false)} />
      </PopoverContent>
    </Popover>
  );
}
