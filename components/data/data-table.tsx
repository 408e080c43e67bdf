import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { ButtonLink } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { CsvLink } from "./csv-link";
import { FilterSelect, type FilterSpec, SearchBox } from "./list-controls";
import { firstParam, listHref, nextSort, readSort, type SearchParams } from "./list-params";

export interface Column<Row> {
  key: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Figures: right aligned and tabular. */
  numeric?: boolean;
  /** The `sort` value this column stands for. */
  sort?: string;
  /** Left out on phones; "xl": also on tablets and small windows. */
  wide?: boolean | "xl";
  className?: string;
}

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
  const classes = columns.map((column) => cellClasses(column, columns));
  if (nothingYet) return <div className="rounded-card border bg-panel">{props.empty}</div>;
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        {props.searchPlaceholder ? <SearchBox placeholder={props.searchPlaceholder} /> : null}
        {/* On phones one row that is pushed sideways: the list begins where the thumb is. */}
        <div className="relative flex gap-2 max-sm:-mx-4 max-sm:overflow-x-auto max-sm:px-4 max-sm:py-0.5 sm:contents">
          {filters.map((filter) => (
            <FilterSelect key={filter.name} {...filter} />
          ))}
        </div>
        {filtered ? (
          <Link
            href={clearHref}
            className="rounded-sm px-1 text-sm text-muted hover:text-ink hover:underline"
          >
            Clear filters
          </Link>
        ) : null}
        <div className="ml-auto flex items-center gap-2">{props.actions}</div>
      </div>
      <div className="overflow-hidden rounded-card border bg-panel shadow-panel">
        {rows.length === 0 ? (
          <p className="px-6 py-12 text-center text-muted">
            No results ·{" "}
            <Link href={clearHref} className="link">
              Clear filters
            </Link>
          </p>
        ) : (
          <Table caption={props.caption}>
            <TableHead>
              <tr>
                {columns.map((column, index) => (
                  <HeaderCell
                    key={column.key}
                    column={column}
                    className={classes[index]}
                    path={path}
                    params={params}
                  />
                ))}
              </tr>
            </TableHead>
            <TableBody>
              {rows.map((row) => (
                <TableRow key={props.rowKey(row)}>
                  {columns.map((column, index) => (
                    <TableCell key={column.key} numeric={column.numeric} className={classes[index]}>
                      {column.cell(row)}
                    </TableCell>
                  ))}
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </div>
      <Footer {...props} />
    </div>
  );
}

/** What is left out on phones; and the outer space there of the columns that then stand at the edges. */
function cellClasses<Row>(column: Column<Row>, columns: readonly Column<Row>[]): string {
  const narrow = columns.filter((one) => !one.wide);
  return cn(
    column.wide === true && "hidden md:table-cell",
    column.wide === "xl" && "hidden xl:table-cell",
    column === narrow[0] && "max-md:pl-4",
    column === narrow.at(-1) && "max-md:pr-4",
    column.className,
  );
}

function HeaderCell<Row>(props: {
  column: Column<Row>;
  className: string | undefined;
  path: string;
  params: SearchParams;
}) {
  const { column, className, path, params } = props;
  if (!column.sort) {
    return (
      <TableHeader numeric={column.numeric} className={className}>
        {column.header}
      </TableHeader>
    );
  }
  const sort = readSort(params);
  const active = sort?.key === column.sort;
  const Arrow = sort?.descending ? ArrowDown : ArrowUp;
  return (
    <TableHeader
      numeric={column.numeric}
      className={className}
      aria-sort={active ? (sort?.descending ? "descending" : "ascending") : "none"}
    >
      <Link
        href={listHref(path, params, { sort: nextSort(params, column.sort) })}
        scroll={false}
        className={cn("inline-flex items-center gap-1 rounded-sm hover:text-ink", active && "text-ink")}
      >
        {column.header}
        {active ? <Arrow className="size-3" aria-hidden /> : null}
      </Link>
    </TableHeader>
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
