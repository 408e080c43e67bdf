"use client";

import { NativeSelect } from "@/components/ui/native-select";
import { type PageSize, pageSizeCookie, pageSizes, type SearchParams } from "./list-params";
import { useParam } from "./use-param";

const yearSeconds = 31_536_000;

/** Rows per page: in the address, and kept for the other lists of this browser. */
export function PageSizeSelect({ size, params }: { size: PageSize; params: SearchParams }) {
  const limit = useParam("limit", params);
  function choose(value: string) {
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is missing in Firefox and on plain http
    document.cookie = `${pageSizeCookie}=${value}; path=/; max-age=${yearSeconds}; samesite=lax`;
    limit.set(value);
  }
  return (
    <NativeSelect
      aria-label="Rows per page"
      value={String(size)}
      disabled={limit.pending}
      onChange={(event) => choose(event.target.value)}
      className="h-7 w-auto [&>select]:min-h-0 [&>select]:pl-2.5 [&>select]:text-xs"
    >
      {pageSizes.map((one) => (
        <option key={one} value={one}>
          {one} per page
        </option>
      ))}
    </NativeSelect>
  );
}
