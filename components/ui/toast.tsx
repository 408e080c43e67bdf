"use client";

import "sonner/dist/styles.css";
import { useTheme } from "next-themes";
import { Toaster as Sonner } from "sonner";

export { toast } from "sonner";

export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      // Below the top bar and away from the edges: actions stand at the bottom of phones and at the right of pages.
      position="top-center"
      offset={16}
      mobileOffset={{ top: 64, left: 16, right: 16 }}
      gap={8}
      toastOptions={{
        classNames: {
          toast:
            "rounded-card! border! border-line! bg-raised! text-ink! shadow-pop! font-sans! text-sm! items-start!",
          title: "font-semibold!",
          description: "text-muted!",
          actionButton: "bg-primary! text-on-primary! rounded-control!",
          error: "[&_[data-icon]]:text-bad-ink!",
          success: "[&_[data-icon]]:text-good-ink!",
        },
      }}
    />
  );
}
