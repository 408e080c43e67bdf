import { Page } from "@/components/ui/page-header";
import { CardSkeleton, PageHeaderSkeleton, SkeletonRegion, TableSkeleton } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion>
      <Page>
        <PageHeaderSkeleton />
        <CardSkeleton lines={8} />
        <TableSkeleton rows={6} columns={3} />
      </Page>
    </SkeletonRegion>
  );
}
