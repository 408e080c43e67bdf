import type { Metadata } from "next";
import { AuditTable } from "@/components/admin/audit-table";
import { VerifyChain } from "@/components/admin/verify-chain";
import { choiceParam, firstParam, listHref, type SearchParams } from "@/components/data/list-params";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listAuditEvents } from "@/lib/features/audit";
import { auditOutcomes } from "@/lib/features/audit/schema";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../door";

export const metadata: Metadata = { title: "Audit" };

export default async function AuditPage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/audit")]);
  const filter = {
    q: firstParam(params, "q")?.slice(0, 100),
    action: firstParam(params, "action")?.slice(0, 100),
    outcome: choiceParam(params, "outcome", auditOutcomes),
    objectId: firstParam(params, "objectId")?.slice(0, 100),
  };
  const page = await listAuditEvents(viewer, { ...filter, limit: 50, cursor: firstParam(params, "cursor") });
  const everything = can(viewer, "audit.read");
  return (
    <Page>
      <PageHeader
        title="Audit"
        description={
          everything
            ? "Every change and every refused attempt. Each entry carries the hash of the one before it."
            : "Every change and every refused attempt in the projects you own."
        }
        actions={everything ? <VerifyChain /> : null}
      />
      <AuditTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        csvHref={listHref("/api/v1/audit", { ...filter, format: "csv" }, {})}
      />
    </Page>
  );
}
