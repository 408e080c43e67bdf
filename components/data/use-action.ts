"use client";

import { useCallback, useRef, useState } from "react";
import { toast } from "@/components/ui/toast";
import { ApiProblem } from "./api";

export interface ActionOptions<Result, Input extends unknown[]> {
  /** A toast when it worked. */
  success?: string | ((result: Result) => string);
  onSuccess?: (result: Result, ...input: Input) => void;
  /** Return true when the problem is already shown where the person looks (beside the field): no toast. */
  onProblem?: (problem: ApiProblem) => boolean | undefined;
}

export interface Action<Input extends unknown[]> {
  /** Resolves to true when it worked, to false when it did not or was already under way. */
  run: (...input: Input) => Promise<boolean>;
  pending: boolean;
  problem: ApiProblem | undefined;
  /** What is wrong with single fields, by their names. */
  fieldErrors: Record<string, string>;
  clear: () => void;
}

/** Runs one write at a time, shows what went wrong with its request id, and never submits twice. */
export function useAction<Result, Input extends unknown[]>(
  work: (...input: Input) => Promise<Result>,
  options: ActionOptions<Result, Input> = {},
): Action<Input> {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const busy = useRef(false);
  const latest = useRef({ work, options });
  latest.current = { work, options };

  const run = useCallback(async (...input: Input): Promise<boolean> => {
    if (busy.current) return false;
    busy.current = true;
    setPending(true);
    setProblem(undefined);
    const { work: go, options: how } = latest.current;
    try {
      const result = await go(...input);
      if (how.success) toast.success(typeof how.success === "function" ? how.success(result) : how.success);
      how.onSuccess?.(result, ...input);
      return true;
    } catch (error) {
      const known = toProblem(error);
      setProblem(known);
      if (!how.onProblem?.(known)) toastProblem(known);
      return false;
    } finally {
      busy.current = false;
      setPending(false);
    }
  }, []);

  const fieldErrors = problem?.fieldErrors ?? {};
  return { run, pending, problem, fieldErrors, clear: useCallback(() => setProblem(undefined), []) };
}

/** For `onProblem` of forms whose fields show `fieldErrors`. */
export const shownAtFields = (problem: ApiProblem): boolean => problem.errors.length > 0;

/** Shows a problem as a toast: what happened, what to do, and the request id to quote. */
export function toastProblem(problem: ApiProblem): void {
  const lines = [problem.detail, problem.requestId ? `Request ID ${problem.requestId}` : undefined];
  toast.error(problem.title, {
    description: lines.filter(Boolean).join(" · ") || undefined,
    duration: 9000,
  });
}

function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  console.error(error);
  return new ApiProblem({
    status: 0,
    code: "client_error",
    title: "Something went wrong",
    detail: "Your change may not have been saved. Reload the page and try again.",
  });
}
