import type { ReactNode } from "react";
import { productMarks } from "./product-marks";

/** Whether there is a mark of this product. */
export function hasProductMark(name: string): name is keyof typeof productMarks {
  return Object.hasOwn(productMarks, name);
}

/** What a product is called, where there is a mark of it. */
export function productTitle(name: string | null): string | null {
  return name !== null && hasProductMark(name) ? productMarks[name].title : null;
}

export interface ProductIconProps {
  /** As `ProductName`; others and null get the fallback. */
  product: string | null;
  fallback: ReactNode;
  className?: string;
}

/** A product's mark in the color of the text around it. Decoration: what it stands for is written beside it. */
export function ProductIcon({ product, fallback, className }: ProductIconProps) {
  if (product === null || !hasProductMark(product)) return fallback;
  return (
    <svg aria-hidden viewBox="0 0 24 24" fill="currentColor" className={className}>
      <path d={productMarks[product].path} />
    </svg>
  );
}
