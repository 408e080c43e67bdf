import { Card } from "@/components/ui/card";
import { Status } from "@/components/ui/status";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { Tone } from "@/components/ui/tone";
import { type TemplateDetail, type VersionStatus, versionStatusLabels } from "@/lib/features/catalog/schema";

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
    <Card flush title="Versions">
      <Table caption={`Versions of ${title}`}>
        <TableHead>
          <tr>
            <TableHeader>Version</TableHeader>
            <TableHeader>Status</TableHeader>
            <TableHeader>Published</TableHeader>
            <TableHeader numeric>Running</TableHeader>
            <TableHeader>Changes</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {versions.map((one, index) => (
            <TableRow key={one.id}>
              <TableCell className="align-top font-medium tabular">{one.version}</TableCell>
              <TableCell className="align-top">
                <Status tone={tones[one.status]}>{versionStatusLabels[one.status]}</Status>
              </TableCell>
              <TableCell className="align-top">
                <Time value={one.publishedAt} fallback="Not published" />
              </TableCell>
              <TableCell numeric className="align-top">
                {one.environments}
              </TableCell>
              <TableCell className="min-w-48 align-top whitespace-normal text-ink-soft">
                <Changes list={changes[one.version]} isFirst={index === versions.length - 1} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function Changes({ list, isFirst }: { list: readonly string[] | undefined; isFirst: boolean }) {
  if (!list) return <span className="text-muted">{isFirst ? "First version" : "Not compared"}</span>;
  if (list.length === 0) return <span className="text-muted">Texts only</span>;
  return (
    <ul className="grid gap-0.5">
      {list.map((change) => (
        <li key={change}>{change}</li>
      ))}
    </ul>
  );
}
