import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import { type TemplateDetail, type VersionStatus, versionStatusLabels } from "@/lib/features/catalog/schema";
import { formatCount } from "@/lib/kernel/format";

const tones: Record<VersionStatus, Tone> = {
  draft: "neutral",
  in_review: "warning",
  published: "good",
  deprecated: "warning",
  retired: "neutral",
};

export interface VersionListProps {
  title: string;
  versions: TemplateDetail["versions"];
  /** By version; none for the first one. */
  changes: Readonly<Record<string, readonly string[]>>;
}

/** The versions of a template, and what is new in each. */
export function VersionList({ title, versions, changes }: VersionListProps) {
  return (
    <Card flush title="Versions" aside={formatCount(versions.length, "version")}>
      <ul aria-label={`Versions of ${title}`} className="grid divide-y">
        {versions.map((one, index) => (
          <li key={one.id} className="grid gap-1.5 px-4 py-3">
            <span className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
              <span className="font-medium tabular">{one.version}</span>
              <Status tone={tones[one.status]}>{versionStatusLabels[one.status]}</Status>
              <span className="ml-auto text-xs text-muted tabular">
                <Time value={one.publishedAt} fallback="Not published" />
                {` · ${formatCount(one.environments, "environment")}`}
              </span>
            </span>
            <Changes list={changes[one.version]} isFirst={index === versions.length - 1} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Changes({ list, isFirst }: { list: readonly string[] | undefined; isFirst: boolean }) {
  if (!list) return <span className="text-xs text-muted">{isFirst ? "First version" : "Not compared"}</span>;
  if (list.length === 0) return <span className="text-xs text-muted">Only texts changed</span>;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-0.5 text-ink-soft">
      {list.map((change) => (
        <li key={change}>{change}</li>
      ))}
    </ul>
  );
}
