"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useTransition } from "react";
import { listHref, type SearchParams } from "./list-params";

/**
 * Replaces one parameter in the address and goes back to the first page.
 * @param shown what the page shows where its address doesn't say so: choices of its own, which stay in force
 */
export function useParam(name: string, shown: SearchParams = {}) {
  const router = useRouter();
  const pathname = usePathname();
  const params = useSearchParams();
  const [pending, startTransition] = useTransition();
  const value = params.get(name) ?? "";
  function set(next: string) {
    const stated = { ...shown, ...Object.fromEntries(params) };
    const href = listHref(pathname, stated, { [name]: next });
    startTransition(() => router.replace(href, { scroll: false }));
  }
  return { value, set, pending };
}
