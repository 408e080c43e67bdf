import type { ReactNode } from "react";
import { PortalFrame } from "./frame";
import { getViewer } from "./viewer";

/** Every signed-in screen: one frame, drawn for the person who looks. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  return <PortalFrame viewer={await getViewer()}>{children}</PortalFrame>;
}
