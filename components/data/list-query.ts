import { choiceParam, firstParam, type SearchParams, sortFilter } from "./list-params";

/** Reads single parameters of a list's address. */
export interface ParamReader {
  text(name: string): string | undefined;
  /** Undefined for a value that isn't known. */
  choice<Value extends string>(name: string, known: readonly Value[]): Value | undefined;
}

/** What a list's address asks for. */
export interface ListQuery<Filter extends object, Sort extends string> {
  /** Which rows, in which order: words, the list's own filters, sort. */
  filter: Filter & { q: string | undefined; sort?: Sort; direction?: "asc" | "desc" };
  /** Keyset cursor of the page; undefined for the first one. */
  cursor: string | undefined;
  /** How many rows the pages before have; undefined where the address doesn't say. */
  before: number | undefined;
}

const maxWords = 100;

/** Reads a list's address: its words, filters, sort and place. */
export function readListQuery<Filter extends object, Sort extends string>(
  params: SearchParams,
  sorts: readonly Sort[],
  readFilter: (read: ParamReader) => Filter,
): ListQuery<Filter, Sort> {
  const reader: ParamReader = {
    text: (name) => firstParam(params, name),
    choice: (name, known) => choiceParam(params, name, known),
  };
  const q = firstParam(params, "q")?.trim().slice(0, maxWords) || undefined;
  const cursor = firstParam(params, "cursor");
  return {
    filter: { q, ...readFilter(reader), ...sortFilter(params, sorts) },
    cursor,
    before: cursor === undefined ? 0 : rowsBefore(params),
  };
}

/** How many rows the address says the pages before have. */
export function rowsBefore(params: SearchParams): number | undefined {
  const stated = firstParam(params, "before");
  return stated !== undefined && /^\d{1,9}$/.test(stated) ? Number(stated) : undefined;
}
