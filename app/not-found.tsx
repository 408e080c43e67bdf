import type { Metadata } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { NotFound, PageNotFound } from "@/components/shell/not-found";
import Forbidden from "./(portal)/forbidden";
import { PortalFrame } from "./(portal)/frame";
import { findViewer } from "./(portal)/viewer";

export const metadata: Metadata = { title: "Not found" };

/** A URL that leads to no page for this user. Users who are signed in keep the navigation. */
export default async function RootNotFound() {
  const viewer = await findViewer();
  // Who may open what, and who can change that, is for users who are signed in.
  if (!viewer) return <PageNotFound />;
  return <PortalFrame viewer={viewer}>{pageFor((await headers()).get("x-destination"))}</PortalFrame>;
}

/** What the proxy found out about the URL. A page that no route has was none of its business. */
function pageFor(destination: string | null): ReactNode {
  if (destination === "forbidden") return <Forbidden />;
  return destination === "missing" ? <NotFound /> : <PageNotFound />;
}
