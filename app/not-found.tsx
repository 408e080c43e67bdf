import type { Metadata } from "next";
import { NotFound } from "@/components/shell/not-found";
import { PortalFrame } from "./(portal)/frame";
import { findViewer } from "./(portal)/viewer";

export const metadata: Metadata = { title: "Not found" };

/** An address that leads nowhere. Whoever is signed in keeps the way around. */
export default async function RootNotFound() {
  const viewer = await findViewer();
  if (!viewer) return <NotFound />;
  return (
    <PortalFrame viewer={viewer}>
      <NotFound />
    </PortalFrame>
  );
}
