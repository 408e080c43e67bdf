"use client";

import Link from "next/link";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Money } from "@/components/ui/money";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { ProjectDto } from "@/lib/features/projects/schema";
import { formatCount } from "@/lib/kernel/format";

const none = <span className="text-muted">No limit</span>;

/** The limits each project sets for the policies. Drawn in the browser too: its rows travel once, as data. */
export function ProjectLimits({ projects }: { projects: readonly ProjectDto[] }) {
  return (
    <Card title="Limits by project" aside="Edit on the project page" flush>
      {projects.length === 0 ? <EmptyState title="No projects yet" /> : null}
      {projects.length > 0 ? (
        <Table caption="Limits by project">
          <TableHead>
            <tr>
              <TableHeader>Project</TableHeader>
              <TableHeader numeric>Approval threshold</TableHeader>
              <TableHeader numeric>Max lease</TableHeader>
              <TableHeader numeric className="hidden sm:table-cell">
                Budget
              </TableHeader>
              <TableHeader numeric className="hidden sm:table-cell">
                Environments
              </TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {projects.map((project) => (
              <TableRow key={project.id}>
                <TableCell>
                  <Link href={`/admin/projects/${project.slug}`} className="font-semibold hover:underline">
                    {project.name}
                  </Link>
                </TableCell>
                <TableCell numeric>
                  {project.approvalLimit === null ? (
                    none
                  ) : (
                    <Money amount={project.approvalLimit} currency={project.currency} period="month" />
                  )}
                </TableCell>
                <TableCell numeric>
                  {project.maxLeaseDays === null ? none : formatCount(project.maxLeaseDays, "day")}
                </TableCell>
                <TableCell numeric className="hidden sm:table-cell">
                  {project.budgetMonthly === null ? (
                    none
                  ) : (
                    <Money amount={project.budgetMonthly} currency={project.currency} period="month" />
                  )}
                </TableCell>
                <TableCell numeric className="hidden sm:table-cell">
                  {project.quotaEnvironments === null
                    ? none
                    : `${project.environments} of ${project.quotaEnvironments}`}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      ) : null}
    </Card>
  );
}
