import "server-only";
import { cookies } from "next/headers";
import { type PageSize, pageSizeCookie, pageSizeOf, type SearchParams } from "@/components/data/list-params";

/** Rows per page of a list, as its address or this browser's last choice says. */
export async function readPageSize(params: SearchParams): Promise<PageSize> {
  return pageSizeOf(params, (await cookies()).get(pageSizeCookie)?.value);
}
