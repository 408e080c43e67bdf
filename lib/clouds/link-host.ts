import { z } from "zod";
import { canonicalHost } from "@/lib/kernel/hosts";

/** A setting for the host that links to components carry: a name or address, without scheme, user or port. */
export function linkHostSchema() {
  return z
    .string()
    .min(1)
    .max(253)
    .refine(
      (host) => canonicalHost(host) !== null,
      "Use a host name or an IP address, without scheme or port",
    )
    .default("127.0.0.1");
}
