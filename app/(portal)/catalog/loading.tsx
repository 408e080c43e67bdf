import { Page } from "@/components/ui/page-header";
import { CardGridSkeleton, PageHeaderSkeleton, SkeletonRegion } from "@/components/ui/skeleton";

export default function Loading() {
  return (
    <SkeletonRegion label="Loading the catalog">
      <Page>
        <PageHeaderSkeleton />
        <CardGridSkeleton />
      </Page>
    </SkeletonRegion>
  );
}
