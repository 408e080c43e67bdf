import type { Metadata } from "next";
import { notFound } from "next/navigation";

export const metadata: Metadata = { title: "Not found" };

/** Every address that no page has. Its own "not found" has the portal's frame, which other pages need not draw. */
export default function NowherePage() {
  notFound();
}
