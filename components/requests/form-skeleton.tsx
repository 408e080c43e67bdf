import { Page } from "@/components/ui/page-header";
import { CardSkeleton, PageHeaderSkeleton, Skeleton, SkeletonRegion } from "@/components/ui/skeleton";

/** The request form's shape while it loads. */
export function RequestFormSkeleton() {
  return (
    <SkeletonRegion label="Loading form">
      <Page>
        <PageHeaderSkeleton />
        <div className="grid items-start gap-7 lg:grid-cols-[minmax(0,1fr)_22.5rem]">
          <div className="grid gap-6">
            <div className="grid grid-cols-3 gap-2.5">
              <Skeleton className="h-22" />
              <Skeleton className="h-22" />
              <Skeleton className="h-22" />
            </div>
            {["name", "project", "size", "lease"].map((field) => (
              <div key={field} className="grid gap-2">
                <Skeleton className="h-3.5 w-24" />
                <Skeleton className="h-9.5" />
              </div>
            ))}
          </div>
          <CardSkeleton lines={6} />
        </div>
      </Page>
    </SkeletonRegion>
  );
}
