"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { Tabs as Radix } from "radix-ui";
import { type ComponentProps, type ReactNode, useEffect, useRef } from "react";
import { cn } from "./cn";

const rowClasses =
  "relative -mx-4 flex gap-5 overflow-x-auto border-b px-4 [scrollbar-width:none] sm:mx-0 sm:px-0 [&::-webkit-scrollbar]:hidden";
const tabClasses =
  "relative -mb-px flex shrink-0 items-center gap-1.5 border-b-2 border-transparent py-2 text-base text-muted outline-offset-[-2px] transition-colors hover:text-ink";
const activeClasses = "border-ink font-semibold text-ink";

export interface LinkTab {
  href: string;
  label: ReactNode;
  count?: number;
  /** Active on this path only; otherwise also on paths beneath it. */
  exact?: boolean;
}

/** Tabs that are pages: each has its own address. */
export function LinkTabs({
  tabs,
  label,
  className,
}: {
  tabs: readonly LinkTab[];
  label: string;
  className?: string;
}) {
  const pathname = usePathname();
  const row = useRef<HTMLElement>(null);
  // Where the row does not fit, it shows the tab that is open.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path, another open tab
  useEffect(() => {
    const open = row.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (!row.current || !open) return;
    const middle = open.getBoundingClientRect().left + open.offsetWidth / 2;
    row.current.scrollLeft += middle - row.current.getBoundingClientRect().left - row.current.clientWidth / 2;
  }, [pathname]);
  return (
    <nav ref={row} aria-label={label} className={cn(rowClasses, className)}>
      {tabs.map((tab) => {
        const active = pathname === tab.href || (!tab.exact && pathname.startsWith(`${tab.href}/`));
        return (
          <Link
            key={tab.href}
            href={tab.href}
            aria-current={active ? "page" : undefined}
            className={cn(tabClasses, active && activeClasses)}
          >
            {tab.label}
            <Count value={tab.count} />
          </Link>
        );
      })}
    </nav>
  );
}

/** Tabs within a page. */
export const Tabs = Radix.Root;
export const TabsContent = Radix.Content;

export function TabsList({ className, ...rest }: ComponentProps<typeof Radix.List>) {
  return <Radix.List className={cn(rowClasses, className)} {...rest} />;
}

export function TabsTrigger({
  className,
  children,
  count,
  ...rest
}: ComponentProps<typeof Radix.Trigger> & { count?: number }) {
  return (
    <Radix.Trigger
      className={cn(
        tabClasses,
        "data-[state=active]:border-ink data-[state=active]:font-semibold data-[state=active]:text-ink",
        className,
      )}
      {...rest}
    >
      {children}
      <Count value={count} />
    </Radix.Trigger>
  );
}

function Count({ value }: { value?: number }) {
  if (value === undefined) return null;
  return (
    <span className="rounded-full bg-hover px-1.5 text-2xs font-medium text-muted tabular">{value}</span>
  );
}
