import type { ReactNode } from "react";

/** Icons that a list repeats in its rows: drawn once here, each row refers to one with SheetIcon. */
export function IconSheet({ icons }: { icons: Readonly<Record<string, ReactNode>> }) {
  return (
    <svg aria-hidden className="hidden">
      {Object.entries(icons).map(([name, icon]) => (
        <symbol key={name} id={`icon-${name}`} viewBox="0 0 24 24">
          {icon}
        </symbol>
      ))}
    </svg>
  );
}

/** An icon of the page's IconSheet. Decoration: words stand beside it. */
export function SheetIcon({ name, className }: { name: string; className?: string }) {
  return (
    <svg aria-hidden className={className}>
      <use href={`#icon-${name}`} />
    </svg>
  );
}
