import type { ApiBody } from "@/components/data/api-types";
import { rulesOf, sentValue } from "@/components/forms/sent-value";
import type { FormField, FormPage, FormValue, SentValue } from "@/components/forms/types";
import type { LeaseRule, ProjectOption } from "@/lib/features/requests/schema";

/** A named set of parameters a template offers. */
export interface PresetOption {
  name: string;
  title?: string;
  description?: string;
  parameters: FormValue;
  leaseDays?: number;
  monthly: string | null;
  currency: string;
}

/** Everything a person fills in, beside the template. */
export interface FormState {
  /** Name of the preset chosen last; null when none. */
  preset: string | null;
  name: string;
  /** Slug. */
  project: string;
  /** Name of a cloud; "" = best fit. */
  cloud: string;
  leaseDays: number | undefined;
  reason: string;
  parameters: FormValue;
  /** Names of secrets that were filled in before the page was loaded again. */
  forgotten?: string[];
}

/** What the form is for: a new environment, or a change of one. */
export type FormTarget =
  | { kind: "create"; template: string; version: string; secretsFrom?: string }
  | { kind: "update"; environment: string; version: string; currentVersion: string };

/** The target of a form that repeats a request: what no one is shown comes from there. */
export function repeating(target: FormTarget, request: string | undefined): FormTarget {
  return target.kind === "create" && request !== undefined ? { ...target, secretsFrom: request } : target;
}

const dayMs = 86_400_000;
/** Names the plan while the person has not typed a good one; never submitted. */
const placeholderName = "preview";
export const namePattern = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** What is wrong with a name, in words, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "Enter a name.";
  if (name.length < 2) return "Use at least 2 characters.";
  if (name.length > 40) return "Use at most 40 characters.";
  if (namePattern.test(name)) return undefined;
  return "Use lowercase letters, digits and hyphens. Start with a letter.";
}

/** What someone types made into a name where that is plain: spaces become hyphens, capitals small. */
export function tidyName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s_]+/g, "-")
    .slice(0, 60);
}

/**
 * Values as they are sent: of every field, and null for what is cleared, so that no default comes back and a change takes
 * the value away. A secret that is left alone in a change is not sent: it stays; null clears it.
 */
export function sentParameters(
  pages: readonly FormPage[],
  value: FormValue,
  kind: FormTarget["kind"],
): Record<string, SentValue> {
  const sent = pages
    .flatMap((page) => page.fields)
    .flatMap((field): [string, SentValue][] => {
      const given = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
      const entry = sentValue(rulesOf(field), given);
      const isLeftAlone = field.secret && kind === "update" && entry === null && given !== null;
      return isLeftAlone ? [] : [[field.name, entry]];
    });
  return Object.fromEntries(sent);
}

/** The body for POST /plans and POST /requests. */
export function buildBody(
  target: FormTarget,
  pages: readonly FormPage[],
  state: FormState,
  purpose: "plan" | "submit",
): Extract<ApiBody<"/requests", "post">, { kind: FormTarget["kind"] }> {
  const cloud = state.cloud ? { cloud: state.cloud } : {};
  const parameters = sentParameters(pages, state.parameters, target.kind);
  const reason = purpose === "submit" ? state.reason.trim() : "";
  if (target.kind === "update") {
    const version = target.version === target.currentVersion ? {} : { version: target.version };
    return { kind: "update", environment: target.environment, ...version, ...cloud, parameters, reason };
  }
  const usable = purpose === "submit" || nameProblem(state.name) === undefined;
  return {
    kind: "create",
    project: state.project,
    template: target.template,
    version: target.version,
    name: usable ? state.name : placeholderName,
    ...cloud,
    ...(state.leaseDays === undefined ? {} : { leaseDays: state.leaseDays }),
    parameters,
    ...(target.secretsFrom === undefined ? {} : { secretsFrom: target.secretsFrom }),
    reason,
  };
}

/** The longest lease in a project: the template's, unless the project allows less. */
export function longestLease(
  rule: LeaseRule,
  project: Pick<ProjectOption, "maxLeaseDays"> | undefined,
): number {
  return Math.min(rule.maxDays, project?.maxLeaseDays ?? Number.POSITIVE_INFINITY);
}

/** The lease a form begins with. */
export function firstLease(
  rule: LeaseRule,
  project: Pick<ProjectOption, "maxLeaseDays"> | undefined,
  preset?: Pick<PresetOption, "leaseDays">,
): number {
  return Math.min(preset?.leaseDays ?? rule.defaultDays, longestLease(rule, project));
}

export function leaseProblem(days: number | undefined, max: number): string | undefined {
  if (days === undefined || !Number.isInteger(days) || days < 1) return "Enter 1 or more days.";
  return days > max ? `The maximum is ${max} days.` : undefined;
}

/** The day a lease of so many days ends, as a date input writes it (the viewer's own calendar). */
export function dateAfter(days: number, nowMs: number): string {
  const at = new Date(nowMs + days * dayMs);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Days from today until a date input's day; undefined for no date. */
export function daysUntil(date: string, nowMs: number): number | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (!parts) return undefined;
  const now = new Date(nowMs);
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) - today) / dayMs);
}

export interface SortedProblems {
  name?: string;
  project?: string;
  cloud?: string;
  leaseDays?: string;
  reason?: string;
  version?: string;
  parameters: Record<string, string>;
  /** What belongs to no field. */
  rest: string[];
}

const plainFields = new Set(["name", "project", "cloud", "leaseDays", "reason", "version"]);

/** The server's complaints, each where the person looks. A nested path belongs to its first field. */
export function sortProblems(errors: readonly { path: string; message: string }[]): SortedProblems {
  const sorted: SortedProblems = { parameters: {}, rest: [] };
  for (const { path, message } of errors) {
    const [head = "", field] = path.replace(/^body\./, "").split(".");
    if (head === "parameters" && field) sorted.parameters[field] ??= message;
    else if (plainFields.has(head)) sorted[head as "name"] ??= message;
    else sorted.rest.push(message);
  }
  return sorted;
}

/** The preset whose values the form holds, if it is one. */
export function matchingPreset(presets: readonly PresetOption[], value: FormValue): string | null {
  const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);
  const found = presets.find((preset) =>
    Object.entries(preset.parameters).every(([name, entry]) => same(value[name], entry)),
  );
  return found?.name ?? null;
}

/** Secrets never leave the page for the browser's storage; which of them were filled in is kept. */
export function storableState(pages: readonly FormPage[], state: FormState): FormState {
  const secrets = new Set(secretFields(pages).map((field) => field.name));
  const isFilled = (name: string) => isGiven(state.parameters[name]);
  const { forgotten: before = [], ...rest } = state;
  const forgotten = [...secrets].filter((name) => isFilled(name) || before.includes(name));
  return {
    ...rest,
    parameters: Object.fromEntries(Object.entries(state.parameters).filter(([name]) => !secrets.has(name))),
    ...(forgotten.length > 0 && { forgotten }),
  };
}

/** The secrets someone has filled in: no preset has them, so choosing one leaves them. */
export function enteredSecrets(pages: readonly FormPage[], value: FormValue): FormValue {
  return Object.fromEntries(
    secretFields(pages).flatMap(({ name }) => (value[name] === undefined ? [] : [[name, value[name]]])),
  );
}

/** Titles of the secrets that were filled in before the page was loaded again, and are empty now. */
export function secretsToEnter(pages: readonly FormPage[], state: FormState): string[] {
  const forgotten = new Set(state.forgotten);
  return secretFields(pages)
    .filter(({ name }) => forgotten.has(name) && !isGiven(state.parameters[name]))
    .map((field) => field.title);
}

/**
 * The pages of a change: secrets of an environment are never sent to a browser, so they may be left empty to stay as
 * they are. One that is stored and not required can be cleared.
 */
export function secretsKept(pages: readonly FormPage[], stored: ReadonlySet<string>): FormPage[] {
  const help = "Leave blank to keep the current value.";
  return pages.map((page) => ({
    ...page,
    fields: page.fields.map((field) => {
      if (!holdsSecret(field) || !stored.has(field.name)) return field;
      return { ...field, required: false, placeholder: "unchanged", help, clearable: !field.required };
    }),
  }));
}

function secretFields(pages: readonly FormPage[]): FormField[] {
  return pages.flatMap((page) => page.fields).filter(holdsSecret);
}

/** Whether a field or anything inside it is secret. */
function holdsSecret(field: FormField): boolean {
  if (field.secret || field.widget === "secret") return true;
  return [...(field.items ? [field.items] : []), ...(field.fields ?? [])].some(holdsSecret);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
