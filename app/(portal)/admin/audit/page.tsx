import type { Metadata } from "next";
import { auditPeriods } from "@/components/admin/audit-looks";
import { AuditProtection } from "@/components/admin/audit-protection";
import { AuditTable } from "@/components/admin/audit-table";
import { VerifyChain } from "@/components/admin/verify-chain";
import { csvHref } from "@/components/data/api-href";
import { choiceParam, firstParam, type SearchParams } from "@/components/data/list-params";
import { ButtonLink } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Mono } from "@/components/ui/code";
import { Page, PageHeader } from "@/components/ui/page-header";
import { getAuditStatus, listAuditEvents } from "@/lib/features/audit";
import { auditOutcomes } from "@/lib/features/audit/schema";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../../door";
import { readPageSize } from "../../page-size";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/audit")]);
  const hours = auditPeriods.find(([value]) => value === firstParam(params, "hours"))?.[0];
  const filter = {
    q: firstParam(params, "q")?.slice(0, 100),
    action: firstParam(params, "action")?.slice(0, 100),
    outcome: choiceParam(params, "outcome", auditOutcomes),
    objectId: firstParam(params, "objectId")?.slice(0, 100),
    from: hours ? new Date(Date.now() - Number(hours) * 3_600_000).toISOString() : undefined,
  };
  const pageSize = await readPageSize(params);
  const everything = can(viewer, "audit.read");
  const [page, status] = await Promise.all([
    listAuditEvents(viewer, { ...filter, limit: pageSize, cursor: firstParam(params, "cursor") }),
    everything ? getAuditStatus() : null,
  ]);
  return (
    <Page>
      <PageHeader
        title="Audit log"
        description={
          everything
            ? "All changes and denied actions, in a tamper-evident log"
            : "All changes and denied actions in the projects you own"
        }
        actions={everything ? <VerifyChain /> : null}
      />
      {status ? <AuditProtection status={status} /> : null}
      {filter.objectId ? (
        <Callout
          tone="neutral"
          action={
            <ButtonLink href="/admin/audit" size="sm">
              Clear filter
            </ButtonLink>
          }
        >
          Filtered by <Mono>{filter.objectId}</Mono>
        </Callout>
      ) : null}
      <AuditTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        pageSize={pageSize}
        csvHref={csvHref("/audit", { query: filter })}
      />
    </Page>
  );
}
