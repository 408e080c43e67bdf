import { isLoopbackHost } from "@/lib/kernel/hosts";
import { getConfig } from "@/lib/platform/config";
import { hasDemoUsers } from "./store";

/**
 * Why components must not run unconfined beside this portal; null when they may. The first steps of someone who tries
 * Rostrum on a laptop may: the portal answers that machine alone and holds demo data. Anything more needs the
 * operator's word.
 */
export async function reasonAgainstUnconfined(): Promise<string | null> {
  const { machineCloud, host, publicUrl } = getConfig();
  if (machineCloud === "unsafe") return null;
  if (!isLoopbackHost(host) || !isLoopbackHost(new URL(publicUrl).hostname)) {
    return "the portal can be reached from other machines";
  }
  return (await hasDemoUsers()) ? null : "this portal has no demo data";
}
