import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn";

/**
 * primary: the page's own action. accent: the one thing the person must do now. outline: everything beside
 * them. ghost: inside toolbars and rows. danger: takes something away.
 */
export const buttonVariants = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-control border font-semibold transition-colors disabled:pointer-events-none disabled:not-aria-busy:opacity-50 aria-disabled:pointer-events-none aria-disabled:opacity-50 [&_svg]:pointer-events-none [&_svg]:shrink-0 [&_svg:not([class*='size-'])]:size-4",
  {
    variants: {
      variant: {
        primary: "border-transparent bg-primary text-on-primary hover:bg-primary-hover",
        accent: "border-transparent bg-accent text-on-accent hover:bg-accent-hover",
        outline: "border-line-strong bg-panel text-ink hover:bg-hover",
        ghost: "border-transparent bg-transparent font-medium text-ink-soft hover:bg-hover hover:text-ink",
        danger: "border-transparent bg-bad text-white hover:bg-bad-hover",
        "danger-outline": "border-line-strong bg-panel text-bad-ink hover:border-bad-line hover:bg-bad-soft",
        link: "border-transparent p-0! font-medium text-accent-ink underline-offset-4 hover:underline",
      },
      size: {
        sm: "h-7 px-2.5 text-xs",
        md: "h-8.5 px-3 text-sm",
        lg: "h-11 px-5 text-base",
        icon: "size-8.5 text-sm",
        "icon-sm": "size-7 text-xs",
      },
    },
    defaultVariants: { variant: "outline", size: "md" },
  },
);

type ButtonStyle = VariantProps<typeof buttonVariants>;

export interface ButtonProps extends ComponentProps<"button">, ButtonStyle {
  /** Shows a spinner and refuses clicks; the width does not change. */
  loading?: boolean;
}

export function Button({
  className,
  variant,
  size,
  loading = false,
  disabled,
  type = "button",
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={cn(buttonVariants({ variant, size }), loading && "relative", className)}
      disabled={disabled || loading}
      aria-busy={loading || undefined}
      {...rest}
    >
      {loading ? (
        <>
          <LoaderCircle className="absolute size-4 animate-spin" aria-hidden />
          <span className="inline-flex items-center gap-1.5 opacity-0">{children}</span>
        </>
      ) : (
        children
      )}
    </button>
  );
}

export interface ButtonLinkProps extends ButtonStyle {
  href: string;
  className?: string;
  children: ReactNode;
  /** Opens a new tab: for addresses outside the portal. */
  external?: boolean;
  prefetch?: boolean;
  "aria-label"?: string;
}

/** A link that looks like a button. */
export function ButtonLink({
  href,
  variant,
  size,
  className,
  external,
  children,
  prefetch,
  ...rest
}: ButtonLinkProps) {
  const classes = cn(buttonVariants({ variant, size }), className);
  if (external) {
    return (
      <a href={href} className={classes} target="_blank" rel="noreferrer" {...rest}>
        {children}
      </a>
    );
  }
  return (
    <Link href={href} className={classes} prefetch={prefetch} {...rest}>
      {children}
    </Link>
  );
}
