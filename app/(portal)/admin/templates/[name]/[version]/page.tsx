import type { Metadata } from "next";
import { CheckList } from "@/components/admin/check-list";
import { FileChanges, fileChangeWords } from "@/components/admin/file-changes";
import { versionTones } from "@/components/admin/looks";
import { ManifestDiff } from "@/components/admin/manifest-diff";
import { VersionActions } from "@/components/admin/version-actions";
import { VersionFacts } from "@/components/admin/version-facts";
import { ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { listVersions, reviewVersion, transitionRules, transitionsFrom } from "@/lib/features/catalog";
import { versionStatusLabels } from "@/lib/features/catalog/schema";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../../../../door";
import { orNotFound } from "../../../../or-not-found";

export const metadata: Metadata = { title: "Template version" };

export default async function VersionPage(props: { params: Promise<{ name: string; version: string }> }) {
  const [params, viewer] = await Promise.all([props.params, viewerFor("/admin/templates")]);
  const name = decodeURIComponent(params.name);
  const version = decodeURIComponent(params.version);
  // One content in all of it: the digest that a button sends must be the one of what is shown.
  const [{ detail, diff }, versions] = await orNotFound(
    Promise.all([reviewVersion(viewer, name, version), listVersions(viewer, name)]),
  );
  const listed = versions.find((one) => one.version === version);
  const own = listed?.contributorIds.includes(viewer.userId) ?? false;
  const others = detail.contributors.filter((one) => one !== detail.author);
  const allowed = transitionsFrom(detail.status).filter((transition) => {
    const rule = transitionRules[transition];
    return can(viewer, rule.permission) && !(rule.byAnother && own);
  });
  const first = diff.before.version === null;
  return (
    <Page>
      <PageHeader
        breadcrumb={[{ label: "Templates", href: "/admin/templates" }]}
        title={`${detail.title} ${detail.version}`}
        status={
          <Status tone={versionTones[detail.status]} look="pill">
            {versionStatusLabels[detail.status]}
          </Status>
        }
        description={`${name} · by ${[detail.author ?? "System", ...others].join(", ")}${detail.reviewer ? ` · reviewed by ${detail.reviewer}` : ""}`}
        actions={
          <>
            {can(viewer, "template.author") ? (
              <ButtonLink
                href={`/admin/templates/new?from=${encodeURIComponent(`${name}@${version}`)}`}
                variant="ghost"
              >
                {detail.status === "draft" ? "Edit" : "Create new version"}
              </ButtonLink>
            ) : null}
            <VersionActions
              template={name}
              version={version}
              digest={detail.digest}
              files={fileChangeWords(diff.files)}
              allowed={allowed}
            />
          </>
        }
      />
      {detail.status === "in_review" && own ? (
        <Callout tone="accent" title="Pending review">
          You contributed to this version, so you can’t publish it. Another administrator must review it; it’s
          at the top of the Templates page.
        </Callout>
      ) : null}
      {detail.reviewNote ? (
        <Callout tone={detail.status === "draft" ? "warning" : "neutral"} title="Reviewer note">
          <p className="whitespace-pre-wrap">{detail.reviewNote}</p>
        </Callout>
      ) : null}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <Tabs defaultValue="changes" className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
          <TabsList aria-label="Version">
            <TabsTrigger value="changes">
              {first ? "All content (first version)" : `Changes since ${diff.before.version}`}
            </TabsTrigger>
            <TabsTrigger value="manifest">Manifest</TabsTrigger>
          </TabsList>
          <TabsContent value="changes" className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
            <Card flush>
              <h3 className="border-b px-4 py-2.5 font-mono text-sm font-semibold">template.yaml</h3>
              <ManifestDiff before={diff.before.source} after={diff.after.source} />
            </Card>
            <FileChanges template={name} diff={diff} />
            {diff.files.length === 0 && detail.files.length > 0 ? (
              <p className="text-sm text-muted">No other files changed.</p>
            ) : null}
          </TabsContent>
          <TabsContent value="manifest">
            <CodeBlock code={detail.source} label="Manifest" lineNumbers className="max-h-[70vh]" />
          </TabsContent>
        </Tabs>
        <aside className="grid gap-4">
          <Card title="Checks">
            <CheckList checks={detail.checks} />
          </Card>
          <VersionFacts detail={detail} others={versions} />
        </aside>
      </div>
    </Page>
  );
}
