import type { Metadata } from "next";
import { PageNotFound } from "@/components/shell/not-found";

export const metadata: Metadata = { title: "Not found" };

/**
 * For what the proxy doesn't send on to `app/nowhere`, which has the frame: Next draws this along with every page, so it is
 * small.
 */
export default function RootNotFound() {
  return <PageNotFound />;
}
