import Link from "next/link";
import { Time } from "@/components/ui/time";
import { Timeline } from "@/components/ui/timeline";
import type { ActivityDto } from "@/lib/features/environments/schema";

/** What happened, newest first: requests, incidents, backups, by people and by Rostrum itself. */
export function ActivityList({ items, brief }: { items: readonly ActivityDto[]; brief?: boolean }) {
  if (items.length === 0) return <p className="text-muted">No activity yet</p>;
  return (
    <Timeline
      label="Activity"
      items={items.map((item) => ({
        key: `${item.at} ${item.title} ${item.href}`,
        tone: item.tone,
        title: (
          <>
            {item.href ? (
              <Link href={item.href} className="link-quiet font-semibold">
                {item.title}
              </Link>
            ) : (
              <strong className="font-semibold">{item.title}</strong>
            )}
            {item.detail ? (
              <span className={brief ? "line-clamp-2 text-ink-soft" : "block text-ink-soft"}>
                {item.detail}
              </span>
            ) : null}
          </>
        ),
        meta: (
          <>
            <Time value={item.at} /> · {item.who}
          </>
        ),
      }))}
    />
  );
}
