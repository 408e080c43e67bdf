import { Boxes } from "lucide-react";
import Link from "next/link";
import { OpenCatalog } from "@/components/catalog/open-catalog";
import { EnvironmentList } from "@/components/home/environment-list";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import type { EnvironmentSummary } from "@/lib/features/environments/schema";

/** The newest environments of a project. */
export function RecentEnvironments({ rows, href }: { rows: readonly EnvironmentSummary[]; href: string }) {
  return (
    <Card
      flush
      title="Recent environments"
      aside={
        <Link href={href} className="link-quiet hover:text-ink">
          View all environments
        </Link>
      }
    >
      {rows.length > 0 ? (
        <EnvironmentList items={rows} />
      ) : (
        <EmptyState icon={<Boxes />} title="No environments yet" action={<OpenCatalog />}>
          Pick a template from the catalog to create the first one.
        </EmptyState>
      )}
    </Card>
  );
}
