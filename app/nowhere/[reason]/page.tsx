import type { Metadata } from "next";
import { headers } from "next/headers";
import { NotFound } from "@/components/shell/not-found";
import Forbidden from "../../(portal)/forbidden";
import { PortalFrame } from "../../(portal)/frame";
import { findViewer } from "../../(portal)/viewer";
import RootNotFound from "../../not-found";

export const metadata: Metadata = { title: "Not found" };

/**
 * What the proxy sends on to, with 404 or 403, where a page is not there for this user. Below no `loading.tsx`: it is whole
 * in the answer.
 */
export default async function Nowhere() {
  const [viewer, sent] = await Promise.all([findViewer(), headers()]);
  const destination = sent.get("x-destination");
  // Who may open what, and who can change that, is for users who are signed in.
  if (!viewer || (destination !== "forbidden" && destination !== "missing")) return <RootNotFound />;
  return (
    <PortalFrame viewer={viewer}>{destination === "forbidden" ? <Forbidden /> : <NotFound />}</PortalFrame>
  );
}
