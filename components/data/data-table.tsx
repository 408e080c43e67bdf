import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import type { Column } from "./column";
import { ColumnTable } from "./column-table";
import { CsvLink } from "./csv-link";
import { FilterSelect, type FilterSpec, SearchBox } from "./list-controls";
import { firstParam, listHref, nextSort, readSort, type SearchParams, sortOptions } from "./list-params";

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
  /** Keyset cursors as the list answered them. */
  nextCursor?: string | null;
  previousCursor?: string | null;
  /** "248 environments": only when known without counting for long. */
  total?: ReactNode;
  csvHref?: string;
  /** Shown when there is nothing at all. */
  empty: ReactNode;
  /** Right of the filters. */
  actions?: ReactNode;
}

/** A list from the server: search, filters, sort and paging live in the address, rows come ready. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, path, params, filters = [] } = props;
  const filtered =
    Boolean(firstParam(params, "q")) || filters.some((filter) => Boolean(firstParam(params, filter.name)));
  const clearHref = props.clearHref ?? path;
  const nothingYet = rows.length === 0 && !filtered && !firstParam(params, "cursor");
  if (nothingYet) return <div className="rounded-card border bg-panel">{props.empty}</div>;
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
  const { columns, filters = [], filtered, clearHref } = props;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {props.searchPlaceholder ? <SearchBox placeholder={props.searchPlaceholder} /> : null}
      {/* On phones one row that is pushed sideways: the list begins where the thumb is. */}
      <div className="relative flex gap-2 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 max-sm:py-0.5 sm:contents">
        {filters.map((filter) => (
          <FilterSelect key={filter.name} {...filter} />
        ))}
        {/* Cards have no headings to sort by. */}
        {columns.some((column) => column.sort) ? (
          <FilterSelect
            name="sort"
            label="Sort"
            all="default"
            options={sortOptions(columns)}
            className="cards-only"
          />
        ) : null}
      </div>
      {filtered ? (
        <Link href={clearHref} className="rounded-sm px-1 text-sm text-muted hover:text-ink hover:underline">
          Clear filters
        </Link>
      ) : null}
      <div className="ml-auto flex items-center gap-2">{props.actions}</div>
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

function Footer<Row>({ path, params, nextCursor, previousCursor, total, csvHref }: DataTableProps<Row>) {
  const here = firstParam(params, "cursor");
  const back = previousCursor
    ? listHref(path, params, { cursor: previousCursor })
    : here
      ? listHref(path, params, {})
      : undefined;
  if (!total && !csvHref && !nextCursor && !back) return null;
  return (
    <div className="flex flex-wrap items-center gap-3 text-xs text-muted">
      {total ? <span className="tabular">{total}</span> : null}
      {csvHref ? <CsvLink href={csvHref} /> : null}
      {nextCursor || back ? (
        <nav aria-label="Pages" className="ml-auto flex gap-2">
          {back ? (
            <ButtonLink href={back} size="sm">
              <ChevronLeft aria-hidden /> {previousCursor ? "Previous" : "First page"}
            </ButtonLink>
          ) : null}
          {nextCursor ? (
            <ButtonLink href={listHref(path, params, { cursor: nextCursor })} size="sm">
              Next <ChevronRight aria-hidden />
            </ButtonLink>
          ) : null}
        </nav>
      ) : null}
    </div>
  );
}
