import type { Metadata } from "next";
import { NewPerson } from "@/components/admin/new-person";
import { PeopleTable } from "@/components/admin/people-table";
import { firstParam, listHref, type SearchParams } from "@/components/data/list-params";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listUsers } from "@/lib/features/users";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../door";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/people")]);
  const q = firstParam(params, "q")?.slice(0, 100);
  const page = await listUsers(viewer, { q, limit: 50, cursor: firstParam(params, "cursor") });
  const manages = can(viewer, "user.manage");
  return (
    <Page>
      <PageHeader
        title="People"
        description="Who may sign in, and what they are in the whole organisation. Project roles are given in each project."
        actions={manages ? <NewPerson /> : null}
      />
      <PeopleTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        csvHref={listHref("/api/v1/users", { q, format: "csv" }, {})}
        manages={manages}
        viewerId={viewer.userId}
      />
    </Page>
  );
}
