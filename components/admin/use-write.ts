"use client";

import { useRouter } from "next/navigation";
import { type ApiOptions, apiFetch } from "@/components/data/api";
import { type ActionOptions, useAction } from "@/components/data/use-action";

/** One write to the API; the page's server parts are drawn again when it worked. */
export function useWrite<Result = unknown>(options: ActionOptions<Result, [string, ApiOptions]> = {}) {
  const router = useRouter();
  return useAction<Result, [string, ApiOptions]>((path, request) => apiFetch<Result>(path, request), {
    ...options,
    onSuccess: (result, ...input) => {
      options.onSuccess?.(result, ...input);
      router.refresh();
    },
  });
}
