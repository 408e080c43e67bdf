import { useRef, useState } from "react";
import { type ApiProblem, apiPost } from "@/components/data/api";
import type { ApiBody } from "@/components/data/api-types";
import { useAction } from "@/components/data/use-action";
import type { FormTarget } from "./form-model";

/** Submits one wish at most once: the same wish tried again carries the same key. */
export function useSubmission(target: FormTarget, forget: () => void, go: (href: string) => void) {
  const wish = useRef({ text: "", key: "" });
  const [left, setLeft] = useState(false);
  const action = useAction(
    async (body: ApiBody<"/requests", "post">) => {
      const text = JSON.stringify(body);
      if (wish.current.text !== text)
        wish.current = { text, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` };
      return await apiPost("/requests", { body, idempotencyKey: wish.current.key });
    },
    {
      success: (submitted) =>
        submitted.runId
          ? target.kind === "create"
            ? "Creating environment…"
            : "Change started"
          : "Submitted for approval. You’ll be notified of the decision.",
      onSuccess: (submitted) => {
        // The button stays busy until the next page is there: no one presses it twice.
        setLeft(true);
        forget();
        go(submitted.runId ? `/runs/${submitted.runId}` : `/requests/${submitted.id}`);
      },
      // Shown beside the fields and the button.
      onProblem: () => true,
    },
  );
  return { ...action, pending: action.pending || left };
}

/** What the server said to the submission, for under the price; with the request id where someone must be asked. */
export function refusalOf(problem: ApiProblem, rest: readonly string[]): string {
  const lead = problem.detail ?? problem.title;
  const more = rest.filter((line) => !lead.includes(line));
  const id = problem.status >= 500 && problem.requestId ? ` (Request ID: ${problem.requestId})` : "";
  return [lead, ...more].join(" ") + id;
}
