import type { Metadata } from "next";
import { PageNotFound } from "@/components/shell/not-found";
import { PortalFrame } from "./(portal)/frame";
import { findViewer } from "./(portal)/viewer";

export const metadata: Metadata = { title: "Not found" };

/** A URL that no page has. Users who are signed in keep the navigation. */
export default async function RootNotFound() {
  const viewer = await findViewer();
  if (!viewer) return <PageNotFound />;
  return (
    <PortalFrame viewer={viewer}>
      <PageNotFound />
    </PortalFrame>
  );
}
