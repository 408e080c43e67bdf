import "server-only";
import type { PageSize, SearchParams } from "@/components/data/list-params";
import { type ListQuery, type ParamReader, readListQuery } from "@/components/data/list-query";
import { readPageSize } from "./page-size";

/** What a list's address and this browser ask for. */
export interface ListRead<Filter extends object, Sort extends string> extends ListQuery<Filter, Sort> {
  pageSize: PageSize;
}

/** Reads what a list is to show. */
export async function readList<Filter extends object, Sort extends string>(
  params: SearchParams,
  sorts: readonly Sort[],
  readFilter: (read: ParamReader) => Filter,
): Promise<ListRead<Filter, Sort>> {
  return { ...readListQuery(params, sorts, readFilter), pageSize: await readPageSize(params) };
}
