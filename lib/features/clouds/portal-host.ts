import type { Driver } from "@/lib/clouds/contract";
import type { FieldProblem } from "@/lib/kernel/errors";
import { sharesCookies } from "@/lib/kernel/hosts";
import { getConfig } from "@/lib/platform/config";

const portalHost = () => new URL(getConfig().publicUrl).hostname;

/** The host that links to a cloud's components carry; null for a driver whose components have none. */
function linkHost(driver: Driver, config: Record<string, unknown>): string | null {
  if (!driver.addressField) return null;
  const parsed = driver.configSchema.safeParse(config);
  const host = parsed.success ? parsed.data[driver.addressField] : undefined;
  return typeof host === "string" ? host : null;
}

/** Whether a browser would send the portal's cookies to the components of a cloud. */
export function sharesPortalHost(driver: Driver, config: Record<string, unknown>): boolean {
  const host = linkHost(driver, config);
  return host !== null && sharesCookies(host, portalHost());
}

/** What is wrong with a configuration whose links have the portal's own host; null when they have another. */
export function findHostProblem(driver: Driver, config: Record<string, unknown>): FieldProblem | null {
  if (!sharesPortalHost(driver, config)) return null;
  const message = `Use a host other than the portal’s (${portalHost()}). Browsers send the portal’s cookies to every port of it.`;
  return { path: `config.${driver.addressField}`, message };
}

/** What the clouds page says of a cloud that was saved before the portal had that host; null when nothing. */
export function hostWarning(driver: Driver, config: Record<string, unknown>): string | null {
  if (!sharesPortalHost(driver, config)) return null;
  return `Links to environments use the portal’s host name (${portalHost()}), so browsers send session cookies to components. Change the cloud’s address.`;
}

/** Names of this machine, of which a cloud on it may have either. */
const localHosts = ["127.0.0.1", "localhost"] as const;

/** The name of this machine that the portal does not have; the usual one where it has neither. */
export function otherLocalHost(): string {
  return localHosts.find((host) => !sharesCookies(host, portalHost())) ?? localHosts[0];
}

/** Whether a configuration has a name of this machine as its address, as the clouds registered at the start do. */
export function hasLocalAddress(driver: Driver, config: Record<string, unknown>): boolean {
  const host = linkHost(driver, config);
  return host !== null && localHosts.some((local) => sharesCookies(local, host));
}
