"use client";

import { LoaderCircle, Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { cn } from "@/components/ui/cn";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { SearchParams } from "./list-params";
import { useParam } from "./use-param";

const debounceMs = 220;

/** Searches while one types; the words stay in the address as `q`. */
export function SearchBox({ placeholder, params }: { placeholder: string; params?: SearchParams }) {
  const param = useParam("q", params);
  const [text, setText] = useState(param.value);
  const sent = useRef(param.value);
  const latest = useRef(param.set);
  latest.current = param.set;

  useEffect(() => {
    // The address changed by other means (back, a "Clear" link): follow it.
    if (param.value === sent.current) return;
    sent.current = param.value;
    setText(param.value);
  }, [param.value]);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = wanted;
      latest.current(wanted);
    }, debounceMs);
    return () => clearTimeout(timer);
  }, [text]);

  return (
    <div className="relative w-full sm:w-72">
      <Input
        icon={param.pending ? <LoaderCircle className="animate-spin" /> : <Search />}
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={placeholder}
        aria-label={placeholder}
        className="h-8.5 text-sm"
      />
    </div>
  );
}

export interface FilterSpec {
  /** Parameter in the address. */
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
  /** What the list shows while nothing is chosen; "all" unless that is not so. */
  all?: string;
}

/** One filter; "all" takes it out of the address. */
export function FilterSelect({
  name,
  label,
  options,
  all = "all",
  params,
  className,
}: FilterSpec & { params?: SearchParams; className?: string }) {
  const param = useParam(name, params);
  return (
    <NativeSelect
      aria-label={label}
      value={param.value}
      onChange={(event) => param.set(event.target.value)}
      className={cn(
        "h-8.5 w-auto shrink-0 [&>select]:min-h-0 [&>select]:text-sm",
        param.value && "[&>select]:border-accent-ink/50 [&>select]:text-accent-ink",
        param.pending && "opacity-70",
        className,
      )}
    >
      <option value="">
        {label}: {all}
      </option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </NativeSelect>
  );
}
