import { getConfig } from "@/lib/platform/config";
import type { ComponentRef } from "../contract";

/** Where a simulated component's link leads: to a page of the portal that says that nothing is there. */
export function simulatedUrl({
  environmentName,
  component,
}: Pick<ComponentRef, "environmentName" | "component">): string {
  return `${getConfig().publicUrl}/simulated/${environmentName}/${component}`;
}
