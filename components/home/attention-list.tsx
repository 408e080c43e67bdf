import { Clock, CloudOff, FileCode, Hourglass, type LucideIcon, TriangleAlert, XCircle } from "lucide-react";
import Link from "next/link";
import { cn } from "@/components/ui/cn";
import { Time } from "@/components/ui/time";
import { type Tone, toneText } from "@/components/ui/tone";
import type { AttentionItem } from "@/lib/features/home/schema";

const looks: Record<AttentionItem["kind"], { icon: LucideIcon; tone: Tone; word: string }> = {
  failed: { icon: XCircle, tone: "bad", word: "failed" },
  "change-failed": { icon: XCircle, tone: "bad", word: "last change failed" },
  incident: { icon: TriangleAlert, tone: "bad", word: "unhealthy" },
  cloud: { icon: CloudOff, tone: "bad", word: "cloud unreachable" },
  lease: { icon: Clock, tone: "warning", word: "lease" },
  review: { icon: FileCode, tone: "accent", word: "pending review" },
  waiting: { icon: Hourglass, tone: "neutral", word: "pending approval" },
};

/** What wants the person's attention, the most urgent first. */
export function AttentionList({ items }: { items: readonly AttentionItem[] }) {
  return (
    <ul className="divide-y">
      {items.map((item) => {
        const { icon: Icon, tone, word } = looks[item.kind];
        return (
          <li key={`${item.kind}-${item.id}-${item.detail}`}>
            <Link
              href={item.href}
              className="flex items-start gap-3 px-4 py-2.5 outline-offset-[-2px] transition-colors hover:bg-subtle"
            >
              <Icon className={cn("mt-0.5 size-4 shrink-0", toneText[tone])} aria-hidden />
              <span className="min-w-0 flex-1">
                <span className="font-medium">{item.name}</span>{" "}
                <span className={cn("ml-1 text-xs", toneText[tone])}>{word}</span>
                <span className="line-clamp-2 block text-xs text-muted">{withoutName(item)}</span>
              </span>
              {item.at ? <Time value={item.at} className="shrink-0 text-xs text-muted" /> : null}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** A run's error begins with the environment's name, which stands above it already. */
function withoutName({ name, detail }: AttentionItem): string {
  const rest = detail.startsWith(`${name}: `) ? detail.slice(name.length + 2) : detail;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
