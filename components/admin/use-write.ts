"use client";

import { useRouter } from "next/navigation";
import { type ActionOptions, useAction } from "@/components/data/use-action";

/** One write to the API; the page's server parts are drawn again when it worked. */
export function useWrite<Result, Input extends unknown[]>(
  work: (...input: Input) => Promise<Result>,
  options: ActionOptions<Result, Input> = {},
) {
  const router = useRouter();
  return useAction(work, {
    ...options,
    onSuccess: (result, ...input) => {
      options.onSuccess?.(result, ...input);
      router.refresh();
    },
  });
}
