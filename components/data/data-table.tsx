import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import type { Column } from "./column";
import { ColumnTable } from "./column-table";
import { CsvLink } from "./csv-link";
import { FilterSelect, type FilterSpec, SearchBox } from "./list-controls";
import { countWords, type ListCount } from "./list-count";
import {
  firstParam,
  listHref,
  nextSort,
  type PageSize,
  pageSizes,
  readSort,
  type SearchParams,
  sortOptions,
} from "./list-params";
import { rowsBefore } from "./list-query";
import { PageSizeSelect } from "./page-size-select";

export interface DataTableProps<Row> {
  /** What the table holds, for screen readers: "Environments". */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The page's path and its current search parameters. */
  path: string;
  params: SearchParams;
  /** Where "Clear filters" leads, when the address holds more than search and filters; else the bare path. */
  clearHref?: string;
  searchPlaceholder?: string;
  filters?: readonly FilterSpec[];
  /** Keyset cursor as the list answered it. */
  nextCursor?: string | null;
  /** What a row is: "environment". */
  noun?: string;
  /** Counted by the server; left out, the count is shown where all rows are on the page. */
  count?: ListCount;
  /** Rows per page, where the person can choose. */
  pageSize?: PageSize;
  csvHref?: string;
  /** Shown when there is nothing at all. */
  empty: ReactNode;
  /** Which part of the list is shown, left of the filters; also over an empty list. */
  view?: ReactNode;
}

/** A list from the server: search, filters, sort and paging live in the address, rows come ready. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, path, params, filters = [] } = props;
  const filtered =
    Boolean(firstParam(params, "q")) || filters.some((filter) => Boolean(firstParam(params, filter.name)));
  const clearHref = props.clearHref ?? path;
  const nothingYet = rows.length === 0 && !filtered && !firstParam(params, "cursor");
  if (nothingYet) {
    return (
      <div className="grid justify-items-start gap-3">
        {props.view}
        <div className="w-full rounded-card border bg-panel">{props.empty}</div>
      </div>
    );
  }
  return (
    <div className="list-frame grid gap-3">
      <Toolbar {...props} filtered={filtered} clearHref={clearHref} />
      <div className="overflow-hidden rounded-card border bg-panel shadow-panel">
        {rows.length === 0 ? (
          <p className="px-6 py-12 text-center text-muted">
            No results ·{" "}
            <Link href={clearHref} className="link">
              Clear filters
            </Link>
          </p>
        ) : (
          <ColumnTable
            caption={props.caption}
            columns={columns}
            rows={rows}
            rowKey={props.rowKey}
            head={(column) => <SortLink column={column} path={path} params={params} />}
            sortOf={(column) => sortOf(column, params)}
          />
        )}
      </div>
      <Footer {...props} />
    </div>
  );
}

function Toolbar<Row>(props: DataTableProps<Row> & { filtered: boolean; clearHref: string }) {
  const { columns, params, filters = [], filtered, clearHref } = props;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {props.view}
      {props.searchPlaceholder ? <SearchBox placeholder={props.searchPlaceholder} params={params} /> : null}
      {/* On phones one row that is pushed sideways: the list begins where the thumb is. */}
      <div className="relative flex gap-2 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 max-sm:py-0.5 sm:contents">
        {filters.map((filter) => (
          <FilterSelect key={filter.name} {...filter} params={params} />
        ))}
        {/* Cards have no headings to sort by. */}
        {columns.some((column) => column.sort) ? (
          <FilterSelect
            name="sort"
            label="Sort"
            all="default"
            options={sortOptions(columns)}
            params={params}
            className="cards-only"
          />
        ) : null}
      </div>
      {filtered ? (
        <Link href={clearHref} className="rounded-sm px-1 text-sm text-muted hover:text-ink hover:underline">
          Clear filters
        </Link>
      ) : null}
    </div>
  );
}

function sortOf<Row>(column: Column<Row>, params: SearchParams) {
  if (!column.sort) return undefined;
  const sort = readSort(params);
  if (sort?.key !== column.sort) return "none";
  return sort.descending ? "descending" : "ascending";
}

interface SortLinkProps<Row> {
  column: Column<Row>;
  path: string;
  params: SearchParams;
}

function SortLink<Row>({ column, path, params }: SortLinkProps<Row>) {
  if (!column.sort) return column.header;
  const order = sortOf(column, params);
  const active = order !== "none";
  const Arrow = order === "descending" ? ArrowDown : ArrowUp;
  return (
    <Link
      href={listHref(path, params, { sort: nextSort(params, column.sort) })}
      scroll={false}
      className={cn("inline-flex items-center gap-1 rounded-sm hover:text-ink", active && "text-ink")}
    >
      {column.header}
      {active ? <Arrow className="size-3" aria-hidden /> : null}
    </Link>
  );
}

function Footer<Row>(props: DataTableProps<Row>) {
  const { path, params, rows, nextCursor, noun, csvHref, pageSize } = props;
  const here = firstParam(params, "cursor");
  const whole = !nextCursor && !here ? { rows: rows.length, more: false } : undefined;
  const count = props.count ?? whole;
  const before = here ? rowsBefore(params) : 0;
  const next = nextCursor && {
    cursor: nextCursor,
    before: before === undefined ? undefined : String(before + rows.length),
  };
  const back = here ? listHref(path, params, {}) : undefined;
  const sizes = pageSize && (!whole || whole.rows > pageSizes[0]) ? pageSize : undefined;
  return (
    <div className="flex flex-wrap items-center gap-3 text-xs text-muted">
      {count && noun ? <span className="tabular">{countWords(count, noun)}</span> : null}
      {csvHref ? <CsvLink href={csvHref} /> : null}
      <div className="ml-auto flex items-center gap-2">
        {sizes ? <PageSizeSelect size={sizes} params={params} /> : null}
        {next || back ? (
          <nav aria-label="Pages" className="flex gap-2">
            {back ? (
              <ButtonLink href={back} size="sm">
                <ChevronLeft aria-hidden /> First page
              </ButtonLink>
            ) : null}
            {next ? (
              <ButtonLink href={listHref(path, params, next)} size="sm">
                Next <ChevronRight aria-hidden />
              </ButtonLink>
            ) : null}
          </nav>
        ) : null}
      </div>
    </div>
  );
}
