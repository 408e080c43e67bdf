"use client";

import type { Column } from "@/components/data/column";
import { DataTable } from "@/components/data/data-table";
import type { PageSize, SearchParams } from "@/components/data/list-params";
import { Avatar } from "@/components/ui/avatar";
import { EmptyState } from "@/components/ui/empty-state";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { projectRoleLabels } from "@/lib/features/projects/schema";
import type { UserDto } from "@/lib/features/users/schema";
import { formatCount } from "@/lib/kernel/format";
import { orgRoleLabel, orgRoleOptions } from "./looks";
import { PersonActions } from "./person-actions";

function columnsFor(manages: boolean, viewerId: string): Column<UserDto>[] {
  const columns: Column<UserDto>[] = [
    {
      key: "name",
      header: "User",
      sort: "name",
      name: true,
      cell: (row) => (
        <span className="flex items-center gap-3">
          <Avatar name={row.name} />
          <span className="min-w-0">
            <span className="block font-semibold break-words">
              {row.name}
              {row.id === viewerId ? <span className="font-normal text-muted"> · you</span> : null}
            </span>
            <span className="block truncate text-xs text-muted" title={row.unclaimedEmail ?? row.email}>
              {row.unclaimedEmail === null ? row.email : `${row.unclaimedEmail} · unverified`}
            </span>
          </span>
        </span>
      ),
    },
    { key: "role", header: "Role", drop: 3, cell: (row) => orgRoleLabel(row.orgRole) },
    { key: "projects", header: "Projects", drop: 2, cell: (row) => <Projects row={row} /> },
    {
      key: "status",
      header: "Status",
      cell: (row) => (
        <Status tone={row.disabled ? "neutral" : "good"}>{row.disabled ? "Disabled" : "Active"}</Status>
      ),
    },
    {
      key: "seen",
      header: "Last active",
      sort: "seen",
      drop: 2,
      cell: (row) => <Time value={row.lastSeenAt} fallback="never" className="text-muted" />,
    },
  ];
  if (!manages) return columns;
  return [
    ...columns,
    {
      key: "actions",
      header: "Actions",
      hiddenHeader: true,
      numeric: true,
      cell: (row) => <PersonActions person={row} self={row.id === viewerId} />,
    },
  ];
}

function Projects({ row }: { row: UserDto }) {
  if (row.projects.length === 0) return <span className="text-muted">none</span>;
  const shown = row.projects.slice(0, 2);
  return (
    <span title={row.projects.map((one) => `${one.name}: ${projectRoleLabels[one.role]}`).join("\n")}>
      {shown.map((one) => `${one.name} (${projectRoleLabels[one.role].toLowerCase()})`).join(", ")}
      {row.projects.length > shown.length ? (
        <span className="text-muted">
          {" "}
          and {formatCount(row.projects.length - shown.length, "more", "more")}
        </span>
      ) : null}
    </span>
  );
}

export function PeopleTable(props: {
  rows: readonly UserDto[];
  params: SearchParams;
  nextCursor: string | null;
  pageSize: PageSize;
  csvHref: string;
  manages: boolean;
  viewerId: string;
}) {
  return (
    <DataTable
      caption="Users"
      noun="user"
      columns={columnsFor(props.manages, props.viewerId)}
      rows={props.rows}
      rowKey={(row) => row.id}
      path="/admin/users"
      params={props.params}
      nextCursor={props.nextCursor}
      pageSize={props.pageSize}
      csvHref={props.csvHref}
      searchPlaceholder="Search name or email"
      filters={[
        {
          name: "role",
          label: "Role",
          options: orgRoleOptions.map(({ value, label }) => ({ value: value || "member", label })),
        },
        {
          name: "access",
          label: "Status",
          options: [
            { value: "active", label: "Active" },
            { value: "disabled", label: "Disabled" },
          ],
        },
      ]}
      empty={<EmptyState title="No users yet">Create the first user.</EmptyState>}
    />
  );
}
