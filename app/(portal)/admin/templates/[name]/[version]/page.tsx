import type { Metadata } from "next";
import { CheckList } from "@/components/admin/check-list";
import { fileChangeWords } from "@/components/admin/file-changes";
import { versionTones } from "@/components/admin/looks";
import { VersionActions } from "@/components/admin/version-actions";
import { VersionContent } from "@/components/admin/version-content";
import { VersionFacts } from "@/components/admin/version-facts";
import { ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Page, PageHeader } from "@/components/ui/page-header";
import { Status } from "@/components/ui/status";
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
        <VersionContent template={name} detail={detail} diff={diff} />
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
