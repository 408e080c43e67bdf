import type { RequestKind } from "@/gen/kysely/enums";
import { operationOf, requestKinds } from "./operations";

/** For lists and filters. */
export const requestKindLabels = Object.fromEntries(
  requestKinds.map((kind) => [kind, operationOf(kind).words.label]),
) as Record<RequestKind, string>;

/** A request as a headline: New environment “promo-load-test”. */
export function requestTitle(request: { kind: RequestKind; environmentName: string }): string {
  return `${operationOf(request.kind).words.command} “${request.environmentName}”`;
}

/** What is being done to an environment, on its own page: "Applying changes". */
export function progressWords(kind: RequestKind): string {
  return operationOf(kind).words.progress;
}

/** A run as a headline: "Creating shop-staging". */
export function runWords(kind: RequestKind, environment: string): string {
  return `${operationOf(kind).words.doing} ${environment}`;
}

/** How a run succeeded, as a sentence without its full stop: "shop-staging is ready". */
export function successWords(kind: RequestKind, environment: string): string {
  return `${environment}${operationOf(kind).words.ended}`;
}

/** What was done, in the history of an environment: "Restarted". */
export function pastWords(kind: RequestKind): string {
  return operationOf(kind).words.past;
}

/** A change as a noun, before what became of it: "Lease extension" failed. */
export function kindNoun(kind: RequestKind): string {
  return operationOf(kind).words.noun;
}
