import type { ComponentProps } from "react";

/** A button in a line of small text. */
export function BarButton(props: ComponentProps<"button">) {
  return (
    <button
      type="button"
      className="rounded-sm font-medium text-ink underline underline-offset-3"
      {...props}
    />
  );
}
