import type { ReactNode } from "react";
import { cn } from "@/components/ui/cn";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Column, DropOrder } from "./column";

const dropClasses: Record<DropOrder, string> = { 1: "drop-1", 2: "drop-2", 3: "drop-3" };

export interface ColumnTableProps<Row> {
  /** What the table holds, for screen readers: "Environments". */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The head of a column, where it is more than its heading. */
  head?: (column: Column<Row>) => ReactNode;
  /** How a column is sorted now; undefined for those that can't be. */
  sortOf?: (column: Column<Row>) => "ascending" | "descending" | "none" | undefined;
}

/** Rows under their columns; as it narrows, columns leave in their order, and on phones each row is a card. */
export function ColumnTable<Row>(props: ColumnTableProps<Row>) {
  const { columns, rows } = props;
  const classes = columns.map(cellClasses);
  return (
    <Table caption={props.caption} frameClassName="list-frame" className="cards">
      <TableHead>
        <tr>
          {columns.map((column, index) => (
            <TableHeader
              key={column.key}
              numeric={column.numeric}
              className={classes[index]}
              aria-sort={props.sortOf?.(column)}
            >
              {headOf(column, props.head)}
            </TableHeader>
          ))}
        </tr>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={props.rowKey(row)}>
            {columns.map((column, index) => (
              <TableCell
                key={column.key}
                numeric={column.numeric}
                className={classes[index]}
                data-label={column.name || column.hiddenHeader ? undefined : column.header}
              >
                {column.cell(row)}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function cellClasses<Row>(column: Column<Row>): string {
  return cn(
    column.name && "cell-name",
    column.drop && dropClasses[column.drop],
    column.corner && "cell-corner",
    column.className,
  );
}

function headOf<Row>(column: Column<Row>, head: ColumnTableProps<Row>["head"]): ReactNode {
  if (column.hiddenHeader) return <span className="sr-only">{column.header}</span>;
  return head ? head(column) : column.header;
}
