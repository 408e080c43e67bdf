"use client";

import { type ComponentProps, type ReactNode, useState } from "react";

export interface WhenUsedProps extends Omit<ComponentProps<"button">, "onClick" | "onKeyDown"> {
  /** What the button opens. */
  opens: "menu" | "dialog";
  /** The same button as the trigger of what it opens, open from the start. */
  render: (button: ComponentProps<"button">) => ReactNode;
}

/**
 * A button that is nothing but a button until it's used: a menu with all its parts would be drawn on the server and wait
 * in the browser for every page, though few are opened.
 */
export function WhenUsed({ opens, render, ...button }: WhenUsedProps) {
  const [used, setUsed] = useState(false);
  const attributes = { type: "button", ...button } as const;
  if (used) return render(attributes);
  return (
    <button
      {...attributes}
      aria-haspopup={opens}
      aria-expanded={false}
      onClick={() => setUsed(true)}
      onKeyDown={(event) => {
        // The key that opens a menu besides those that click.
        if (opens !== "menu" || event.key !== "ArrowDown") return;
        event.preventDefault();
        setUsed(true);
      }}
    />
  );
}
