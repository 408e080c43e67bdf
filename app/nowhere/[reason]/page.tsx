import type { Metadata } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { NotFound, PageNotFound } from "@/components/shell/not-found";
import Forbidden from "../../(portal)/forbidden";
import { PortalFrame } from "../../(portal)/frame";
import { findViewer } from "../../(portal)/viewer";

export const metadata: Metadata = { title: "Not found" };

/**
 * What the proxy sends on to, with 404 or 403, where a page is not there for this user. Below no `loading.tsx`: it is whole
 * in the answer.
 */
export default async function Nowhere() {
  const [viewer, sent] = await Promise.all([findViewer(), headers()]);
  // Who may open what, and who can change that, is for users who are signed in.
  if (!viewer) return <PageNotFound />;
  return <PortalFrame viewer={viewer}>{pageFor(sent.get("x-destination"))}</PortalFrame>;
}

function pageFor(destination: string | null): ReactNode {
  if (destination === "forbidden") return <Forbidden />;
  return destination === "missing" ? <NotFound /> : <PageNotFound />;
}
