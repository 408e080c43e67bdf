import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { DescriptionList } from "@/components/ui/description-list";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { type VersionDetail, type VersionListItem, versionStatusLabels } from "@/lib/features/catalog/schema";
import { formatBytes } from "@/lib/kernel/format";
import { escapeLine } from "@/lib/kernel/text";
import { fileHref } from "./file-changes";
import { versionTones } from "./looks";
import { versionHref } from "./template-table";

/** What is in a version and when it got where it is. */
export function VersionFacts(props: { detail: VersionDetail; others: readonly VersionListItem[] }) {
  const { detail, others } = props;
  return (
    <>
      <Card title="Components" aside={`${detail.components.length}`}>
        <ul className="grid divide-y">
          {detail.components.map((component) => (
            <li
              key={component.name}
              className="flex items-baseline justify-between gap-3 py-2 first:pt-0 last:pb-0"
            >
              <span className="min-w-0">
                {component.title}
                {component.requires.length > 0 ? (
                  <span className="block text-xs text-muted">depends on {component.requires.join(", ")}</span>
                ) : null}
              </span>
              <span className="flex flex-wrap justify-end gap-1">
                {component.implementations.map((kind) => (
                  <Badge key={kind}>{kind}</Badge>
                ))}
              </span>
            </li>
          ))}
        </ul>
      </Card>
      {detail.files.length > 0 ? (
        <Card title="Files" aside={`${detail.files.length}`}>
          <ul className="relative grid max-h-56 gap-1 overflow-y-auto">
            {detail.files.map((file) => (
              <li key={file.path} className="flex items-baseline justify-between gap-3 font-mono text-xs">
                <a
                  href={fileHref(detail, file.path)}
                  className="min-w-0 break-all underline decoration-line-strong underline-offset-2 hover:decoration-ink"
                >
                  {escapeLine(file.path)}
                </a>
                <span className="shrink-0 text-muted tabular">{formatBytes(file.sizeBytes)}</span>
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
      <Card title="History">
        <DescriptionList
          items={[
            { term: "Created", value: <Time value={detail.createdAt} /> },
            { term: "Submitted", value: <Time value={detail.submittedAt} fallback="—" /> },
            { term: "Published", value: <Time value={detail.publishedAt} fallback="—" /> },
            { term: "Environments", value: detail.environments },
            {
              term: "Digest",
              value: <code className="font-mono text-xs">{detail.digest.slice(0, 19)}</code>,
            },
          ]}
        />
      </Card>
      {others.length > 1 ? (
        <Card title="All versions">
          <ul className="grid gap-1.5">
            {others.map((one) => (
              <li key={one.id} className="flex items-baseline justify-between gap-3">
                <Link
                  href={versionHref(one)}
                  aria-current={one.version === detail.version ? "page" : undefined}
                  className="font-mono text-sm hover:underline aria-[current]:font-semibold"
                >
                  {one.version}
                </Link>
                <Status tone={versionTones[one.status]}>{versionStatusLabels[one.status]}</Status>
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
    </>
  );
}
