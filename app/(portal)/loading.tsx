import { Page } from "@/components/ui/page-header";
import { PageHeaderSkeleton, SkeletonRegion, TableSkeleton } from "@/components/ui/skeleton";

/** The shape most screens share. Screens of another shape bring their own. */
export default function Loading() {
  return (
    <SkeletonRegion label="Loading the page">
      <Page>
        <PageHeaderSkeleton />
        <TableSkeleton />
      </Page>
    </SkeletonRegion>
  );
}
