import type { Metadata } from "next";
import { NewPerson } from "@/components/admin/new-person";
import { PeopleTable } from "@/components/admin/people-table";
import { csvHref } from "@/components/data/api-href";
import { choiceParam, firstParam, type SearchParams, sortFilter } from "@/components/data/list-params";
import { Page, PageHeader } from "@/components/ui/page-header";
import { listUsers } from "@/lib/features/users";
import { userRoles } from "@/lib/features/users/schema";
import { can } from "@/lib/platform/auth";
import { viewerFor } from "../../door";
import { readPageSize } from "../../page-size";

export const metadata: Metadata = { title: "Users" };

const sorts = ["name", "seen"] as const;

export default async function PeoplePage(props: { searchParams: Promise<SearchParams> }) {
  const [params, viewer] = await Promise.all([props.searchParams, viewerFor("/admin/users")]);
  const access = choiceParam(params, "access", ["active", "disabled"]);
  const filter = {
    q: firstParam(params, "q")?.slice(0, 100),
    role: choiceParam(params, "role", userRoles),
    disabled: access && access === "disabled",
    ...sortFilter(params, sorts),
  };
  const pageSize = await readPageSize(params);
  const page = await listUsers(viewer, { ...filter, limit: pageSize, cursor: firstParam(params, "cursor") });
  const manages = can(viewer, "user.manage");
  const { disabled, ...rest } = filter;
  return (
    <Page>
      <PageHeader
        title="Users"
        description="Manage users and organization roles. Project roles are set in each project."
        actions={manages ? <NewPerson defaultOpen={firstParam(params, "new") === "person"} /> : null}
      />
      <PeopleTable
        rows={page.items}
        params={params}
        nextCursor={page.nextCursor}
        pageSize={pageSize}
        csvHref={csvHref("/users", {
          query: { ...rest, disabled: disabled === undefined ? undefined : String(disabled) },
        })}
        manages={manages}
        viewerId={viewer.userId}
      />
    </Page>
  );
}
