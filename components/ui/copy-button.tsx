"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button";
import { copyText } from "./copy-text";
import { IconButton } from "./icon-button";

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
    if (await copyText(value)) setCopied(true);
  }

  const Icon = copied ? Check : Copy;
  const icon = <Icon className={copied ? "text-good-ink" : undefined} aria-hidden />;
  const shared = { className, onClick: () => void copy() };
  if (!withText) {
    return (
      <IconButton label={copied ? "Copied" : label} {...shared}>
        {icon}
      </IconButton>
    );
  }
  return (
    <Button variant="ghost" size="sm" {...shared}>
      {icon}
      {copied ? "Copied" : label}
    </Button>
  );
}
