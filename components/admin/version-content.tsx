import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import type { VersionDetail, VersionDiff } from "@/lib/features/catalog/schema";
import { FileChanges } from "./file-changes";
import { ManifestDiff } from "./manifest-diff";

export interface VersionContentProps {
  template: string;
  detail: VersionDetail;
  diff: VersionDiff;
}

/** What a version changes against the one before it, and its manifest. */
export function VersionContent({ template, detail, diff }: VersionContentProps) {
  return (
    <Tabs defaultValue="changes" className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
      <TabsList aria-label="Version">
        <TabsTrigger value="changes">
          {diff.before.version === null
            ? "All content (first version)"
            : `Changes since ${diff.before.version}`}
        </TabsTrigger>
        <TabsTrigger value="manifest">Manifest</TabsTrigger>
      </TabsList>
      <TabsContent value="changes" className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
        <Card flush>
          <h3 className="border-b px-4 py-2.5 font-mono text-sm font-semibold">template.yaml</h3>
          <ManifestDiff before={diff.before.source} after={diff.after.source} />
        </Card>
        <FileChanges template={template} diff={diff} />
        {diff.files.length === 0 && detail.files.length > 0 ? (
          <p className="text-sm text-muted">No other files changed.</p>
        ) : null}
      </TabsContent>
      <TabsContent value="manifest">
        <CodeBlock code={detail.source} label="Manifest" lineNumbers className="max-h-[70vh]" />
      </TabsContent>
    </Tabs>
  );
}
