"use client";

import { formatDate, formatExact } from "@/lib/kernel/format";
import { Input, type InputProps } from "./input";
import { useInBrowser } from "./use-in-browser";

export interface DateInputProps extends Omit<InputProps, "type" | "value" | "onChange" | "suffix" | "icon"> {
  /** As the browser writes it: "2026-12-24", with a time "2026-12-24T18:00"; "" for none. In the viewer's zone. */
  value: string;
  onChange: (value: string) => void;
  /** Also asks for the time of the day. */
  withTime?: boolean;
}

/**
 * A day, typed or picked in the browser's own calendar. Browsers write days in the order of their own language, so below
 * the field it stands as everywhere else.
 */
export function DateInput({ value, onChange, withTime, ...rest }: DateInputProps) {
  const inBrowser = useInBrowser();
  // Without a zone a day is read as UTC: of the noon it is the same day everywhere else.
  const ms = Date.parse(withTime ? value : `${value}T12:00`);
  const words = Number.isNaN(ms) ? null : withTime ? formatExact(ms) : formatDate(ms);
  return (
    <div className="grid min-w-0 gap-1">
      <Input
        {...rest}
        type={withTime ? "datetime-local" : "date"}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <span className="min-h-4 text-xs text-muted tabular" aria-live="polite">
        {inBrowser ? words : null}
      </span>
    </div>
  );
}
