"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { toast } from "sonner";
import { Button } from "./button";

export interface CopyButtonProps {
  value: string;
  /** What is copied, for the button's name: "Copy address". */
  label?: string;
  /** Writes the label beside the icon. */
  withText?: boolean;
  className?: string;
}

export function CopyButton({ value, label = "Copy", withText, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // The clipboard is closed on plain http and when permission is refused.
      toast.error("Couldn’t copy. Select the text and copy it manually.");
    }
  }

  const Icon = copied ? Check : Copy;
  return (
    <Button
      variant="ghost"
      size={withText ? "sm" : "icon-sm"}
      className={className}
      onClick={() => void copy()}
      aria-label={withText ? undefined : copied ? "Copied" : label}
    >
      <Icon className={copied ? "text-good-ink" : undefined} aria-hidden />
      {withText ? (copied ? "Copied" : label) : null}
    </Button>
  );
}
