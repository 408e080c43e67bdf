import Link from "next/link";
import { Card } from "@/components/ui/card";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { CostCenterDto } from "@/lib/features/projects/schema";
import { EditCostCenter } from "./edit-cost-center";

/** Who pays: every project's costs go to one of these, and a closed month is a statement for each. */
export function CostCenters(props: { costCenters: readonly CostCenterDto[]; manages: boolean }) {
  const { costCenters, manages } = props;
  return (
    <Card
      id="cost-centers"
      title="Cost centers"
      aside={manages ? <EditCostCenter /> : null}
      flush
      className="scroll-mt-4"
    >
      {costCenters.length === 0 ? (
        <p className="px-4 py-8 text-center text-muted">No cost centers yet. Every project needs one.</p>
      ) : (
        <Table caption="Cost centers">
          <TableHead>
            <tr>
              <TableHeader>Code</TableHeader>
              <TableHeader>Name</TableHeader>
              <TableHeader numeric>Projects</TableHeader>
              {manages ? (
                <TableHeader>
                  <span className="sr-only">Actions</span>
                </TableHeader>
              ) : null}
            </tr>
          </TableHead>
          <TableBody>
            {costCenters.map((one) => (
              <TableRow key={one.id}>
                <TableCell className="font-mono text-sm whitespace-nowrap">{one.code}</TableCell>
                <TableCell>{one.name}</TableCell>
                <TableCell numeric>
                  {one.projects > 0 ? (
                    <Link
                      href={`/admin/projects?costCenter=${encodeURIComponent(one.code)}`}
                      className="link-quiet"
                    >
                      {one.projects}
                    </Link>
                  ) : (
                    <span className="text-muted">0</span>
                  )}
                </TableCell>
                {manages ? (
                  <TableCell className="w-0 text-right">
                    <EditCostCenter costCenter={one} />
                  </TableCell>
                ) : null}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}
