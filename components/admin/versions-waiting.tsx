import Link from "next/link";
import { TemplateIcon } from "@/components/catalog/template-icon";
import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { type VersionListItem, versionStatusLabels } from "@/lib/features/catalog/schema";
import { checkLooks, versionTones } from "./looks";
import { versionHref } from "./template-table";

/** Versions that need work, reviews first. Nothing when there are none. */
export function VersionsWaiting({ rows, viewerId }: { rows: readonly VersionListItem[]; viewerId: string }) {
  if (rows.length === 0) return null;
  return (
    <Card title="Drafts and reviews" aside={`${rows.length}`} flush>
      <ul className="divide-y">
        {rows.map((row) => {
          const mine = row.authorId === viewerId;
          const contributed = row.contributorIds.includes(viewerId);
          const review = row.status === "in_review" && !contributed;
          return (
            <li key={row.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
              <TemplateIcon name={row.icon} size="sm" />
              <div className="min-w-0 flex-1 basis-56">
                <Link href={versionHref(row)} className="font-semibold hover:underline">
                  {row.title} <span className="font-mono text-sm font-normal">{row.version}</span>
                </Link>
                <p className="text-xs text-muted">
                  {mine ? "by you" : `by ${row.author ?? "System"}`} ·{" "}
                  <Time value={row.submittedAt ?? row.createdAt} />
                  {row.status === "in_review" && contributed ? " · needs another reviewer" : ""}
                </p>
              </div>
              {row.checks && row.checks !== "passed" ? (
                <Status tone={checkLooks[row.checks].tone}>
                  Checks: {checkLooks[row.checks].word.toLowerCase()}
                </Status>
              ) : null}
              <Status tone={versionTones[row.status]} look="pill">
                {versionStatusLabels[row.status]}
              </Status>
              <ButtonLink href={versionHref(row)} size="sm" variant={review ? "accent" : "outline"}>
                {review ? "Review" : "View"}
              </ButtonLink>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
