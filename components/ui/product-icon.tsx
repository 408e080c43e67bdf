import type { ReactNode } from "react";
import { productMarks } from "./product-marks";
import { productSymbol } from "./product-symbol";

/** Whether there is a mark of this product. */
export function hasProductMark(name: string): name is keyof typeof productMarks {
  return Object.hasOwn(productMarks, name);
}

/** What a product is called, where there is a mark of it. */
export function productTitle(name: string | null): string | null {
  return name !== null && hasProductMark(name) ? productMarks[name].title : null;
}

/** The first of these names that there is a mark for: what something is, then what its author drew it as. */
export function markedProduct(...names: readonly (string | null)[]): string | null {
  return names.find((name) => name !== null && hasProductMark(name)) ?? null;
}

/** Marks for the page's IconSheet; ProductSymbol draws one of them. */
export function productSymbols(products: readonly (string | null)[]): Record<string, ReactNode> {
  return Object.fromEntries(
    products.flatMap((product) =>
      product !== null && hasProductMark(product)
        ? [
            [
              productSymbol(product),
              <path key={product} fill="currentColor" d={productMarks[product].path} />,
            ],
          ]
        : [],
    ),
  );
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
