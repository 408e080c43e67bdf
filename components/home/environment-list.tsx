import { ArrowUpRight } from "lucide-react";
import Link from "next/link";
import { TemplateIcon } from "@/components/catalog/template-icon";
import { Money } from "@/components/ui/money";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import {
  type EnvironmentSummary,
  environmentStatusLabels,
  healthLabels,
} from "@/lib/features/environments/schema";

/** Status and health in one word: what runs is told by its health, everything else by its status. */
export function environmentLook(row: Pick<EnvironmentSummary, "status" | "health">): {
  tone: Tone;
  word: string;
} {
  if (row.status === "running") {
    if (row.health === "healthy") return { tone: "good", word: "Running" };
    if (row.health === "unknown") return { tone: "neutral", word: "Running (health unknown)" };
    return { tone: row.health === "degraded" ? "warning" : "bad", word: healthLabels[row.health] };
  }
  const tones: Partial<Record<EnvironmentSummary["status"], Tone>> = {
    failed: "bad",
    provisioning: "busy",
    changing: "busy",
    destroying: "busy",
    pending: "warning",
  };
  return { tone: tones[row.status] ?? "neutral", word: environmentStatusLabels[row.status] };
}

/** Environments with how they are and the way in. */
export function EnvironmentList({ items }: { items: readonly EnvironmentSummary[] }) {
  return (
    <ul className="divide-y">
      {items.map((row) => {
        const look = environmentLook(row);
        return (
          <li key={row.id} className="flex items-center gap-3 px-4 py-2.5 hover:bg-subtle">
            <TemplateIcon name={row.template.icon} size="sm" />
            <div className="min-w-0 flex-1">
              <Link href={`/environments/${row.id}`} className="link-quiet font-medium">
                {row.name}
              </Link>
              <div className="truncate text-xs text-muted">
                {row.template.title} · {row.project.name}
                {row.leaseEndsAt ? (
                  <>
                    {" "}
                    · lease ends <Time value={row.leaseEndsAt} />
                  </>
                ) : null}
              </div>
            </div>
            <Status tone={look.tone} className="text-xs">
              {look.word}
            </Status>
            <Money
              amount={row.cost.monthly}
              currency={row.cost.currency}
              period="month"
              className="hidden w-30 text-right text-xs text-muted sm:block"
            />
            {row.url && row.status === "running" ? (
              <a
                href={row.url}
                target="_blank"
                rel="noreferrer"
                aria-label={`Open ${row.name} in a new tab`}
                title="Open in a new tab"
                className="rounded-control p-1.5 text-muted hover:bg-hover hover:text-ink max-sm:hidden"
              >
                <ArrowUpRight className="size-4" aria-hidden />
              </a>
            ) : (
              <span aria-hidden className="w-7 max-sm:hidden" />
            )}
          </li>
        );
      })}
    </ul>
  );
}
