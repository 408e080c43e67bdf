import { sharesCookies } from "@/lib/kernel/hosts";

/** Whether a value is the address of a web page. */
function isWebUrl(value: unknown): value is string {
  return typeof value === "string" && /^https?:\/\//i.test(value);
}

/** Whether a URL is one of the portal's page that stands in for simulated workloads: it is the same for everyone and does nothing. */
function isSimulatedPage(url: URL, portal: URL): boolean {
  return url.origin === portal.origin && url.username === "" && url.pathname.startsWith("/simulated/");
}

/**
 * Whether a value leads to the portal's own host, at whatever port. A template writes its outputs: as a link it would take
 * people to a page of the portal that looks like the environment, or their session to a workload. What stands in for
 * simulated workloads is neither.
 * @param portal `PUBLIC_URL`
 */
export function leadsToPortal(value: unknown, portal: string): boolean {
  if (!isWebUrl(value) || !URL.canParse(value)) return false;
  const [url, own] = [new URL(value), new URL(portal)];
  return sharesCookies(url.hostname, own.hostname) && !isSimulatedPage(url, own);
}

/**
 * The address people open: the template's output `url`, else the shortest of its addresses (a page is above what is below
 * it). Not the first one: outputs have no order of their own, and an API would be opened instead of its application.
 * Never one at the portal's own host.
 */
export function mainUrl(outputs: Readonly<Record<string, unknown>>, portal: string): string | null {
  const isLink = (value: unknown): value is string => isWebUrl(value) && !leadsToPortal(value, portal);
  if (isLink(outputs.url)) return outputs.url;
  const urls = Object.values(outputs).filter(isLink);
  return urls.sort((left, right) => left.length - right.length)[0] ?? null;
}
