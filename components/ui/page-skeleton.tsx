import type { ReactNode } from "react";
import { Page } from "./page-header";
import { PageHeaderSkeleton, SkeletonRegion } from "./skeleton";

export interface PageSkeletonProps {
  /** What is on its way: "Loading account". */
  label: string;
  narrow?: boolean;
  /** The shape of the content. */
  children: ReactNode;
}

/** The shape of a whole page: its header, and the content below. */
export function PageSkeleton({ label, narrow, children }: PageSkeletonProps) {
  return (
    <SkeletonRegion label={label}>
      <Page narrow={narrow}>
        <PageHeaderSkeleton />
        {children}
      </Page>
    </SkeletonRegion>
  );
}
