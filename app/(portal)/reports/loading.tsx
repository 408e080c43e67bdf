import { Page } from "@/components/ui/page-header";
import {
  CardGridSkeleton,
  PageHeaderSkeleton,
  SkeletonRegion,
  TableSkeleton,
} from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading the reports">
      <Page>
        <PageHeaderSkeleton />
        <CardGridSkeleton cards={3} />
        <TableSkeleton columns={7} />
      </Page>
    </SkeletonRegion>
  );
}
