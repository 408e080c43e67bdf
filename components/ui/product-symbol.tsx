import { SheetIcon } from "./icon-sheet";

/** The name of a product's mark in the page's IconSheet. */
export function productSymbol(product: string): string {
  return `product-${product}`;
}

/** A product's mark where the page's IconSheet has it: the marks themselves stay out of what a browser loads. */
export function ProductSymbol({ product, className }: { product: string; className?: string }) {
  return <SheetIcon name={productSymbol(product)} className={className} />;
}
