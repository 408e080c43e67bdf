import { clsx } from "clsx";
import type { ComponentProps } from "react";
import { cn } from "./cn";

export interface TableProps extends ComponentProps<"table"> {
  /** Classes of the scrolling frame. */
  frameClassName?: string;
  /** Said to screen readers; every table needs a name. */
  caption: string;
}

/** A dense table with a sticky header that scrolls inside its frame. */
export function Table({ className, frameClassName, caption, children, ...rest }: TableProps) {
  return (
    <section
      className={cn("relative w-full overflow-x-auto outline-offset-[-2px]", frameClassName)}
      // A frame that scrolls must be reachable by keyboard.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable region
      tabIndex={0}
      aria-label={caption}
    >
      <table className={cn("w-full border-collapse text-left", className)} {...rest}>
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </section>
  );
}

export function TableHead({ className, ...rest }: ComponentProps<"thead">) {
  return <thead className={cn("sticky top-0 z-10 bg-panel", className)} {...rest} />;
}

export function TableBody({ className, ...rest }: ComponentProps<"tbody">) {
  return <tbody className={cn("[&_tr:last-child_td]:border-b-0", className)} {...rest} />;
}

export function TableRow({ className, ...rest }: ComponentProps<"tr">) {
  return <tr className={clsx("list-row", className)} {...rest} />;
}

interface CellOptions {
  /** Figures: right aligned, tabular. */
  numeric?: boolean;
}

export function TableHeader({ className, numeric, ...rest }: ComponentProps<"th"> & CellOptions) {
  return <th scope="col" className={clsx("cell-header", numeric && "text-right", className)} {...rest} />;
}

export function TableCell({ className, numeric, ...rest }: ComponentProps<"td"> & CellOptions) {
  return <td className={clsx("cell", numeric && "cell-figure", className)} {...rest} />;
}
