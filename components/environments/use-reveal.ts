"use client";

import { useEffect, useState } from "react";
import { apiPost } from "@/components/data/api";
import { useAction } from "@/components/data/use-action";

const shownMs = 60_000;

/** One secret output, shown on demand, which the audit log records, and hidden again after a minute. */
export function useReveal(environmentId: string, output: { name: string; component?: string }) {
  const [value, setValue] = useState<string>();
  const { name, component } = output;
  const reveal = useAction(
    () =>
      apiPost("/environments/{id}/reveal", {
        path: { id: environmentId },
        body: { name, ...(component && { component }) },
      }),
    {
      onSuccess: (answer) =>
        setValue(typeof answer.value === "string" ? answer.value : JSON.stringify(answer.value)),
    },
  );
  useEffect(() => {
    if (value === undefined) return;
    const timer = setTimeout(() => setValue(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [value]);
  return { value, pending: reveal.pending, reveal: () => void reveal.run(), hide: () => setValue(undefined) };
}
