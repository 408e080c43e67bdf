import type { ReactNode } from "react";

/**
 * Which columns leave when a list gets narrow: 1 before 2 before 3; those without a number stay. What counts is the
 * width of the list, not of the window (`.drop-…` and `.cards` in app/globals.css):
 *
 * | list          | window with the sidebar | columns            |
 * |---------------|-------------------------|--------------------|
 * | from 66rem    | from 1,344 px           | all                |
 * | from 56rem    | from 1,184 px           | without 1          |
 * | from 42rem    | from 1,024 px           | without 1 and 2    |
 * | from 36rem    | small tablets           | without 1, 2 and 3 |
 * | below 36rem   | phones                  | all, as cards      |
 */
export type DropOrder = 1 | 2 | 3;

export interface Column<Row> {
  key: string;
  /** Heading of the column, and its label on cards. */
  header: string;
  /** The heading is for screen readers alone: columns of buttons. */
  hiddenHeader?: boolean;
  cell: (row: Row) => ReactNode;
  /** Names the row: takes the room that the others leave, at least 14rem, and heads the card. One of each table. */
  name?: boolean;
  /** Figures: right aligned and tabular. */
  numeric?: boolean;
  /** The `sort` value this column stands for. */
  sort?: string;
  /** When it leaves; without, never. */
  drop?: DropOrder;
  /** In the corner of a card, beside the name: a row's menu. */
  corner?: boolean;
  className?: string;
}
