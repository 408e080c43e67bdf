import { takeValue, type ValueProblem, visibleNames } from "@/lib/kernel/values";
import { rulesOf, sentValue } from "./sent-value";
import type { FieldValue, FormErrors, FormField, FormPage, FormValue } from "./types";

/** The form's value with every default filled in. What was cleared stays cleared. */
export function withDefaults(pages: readonly FormPage[], value: FormValue = {}): FormValue {
  const filled: FormValue = {};
  for (const field of pages.flatMap((page) => page.fields)) {
    if (field.default !== undefined) filled[field.name] = field.default as FieldValue;
  }
  return { ...filled, ...value };
}

/** The pages with the fields that are asked for with these values, judged as in the plan; without those that are empty then. */
export function visiblePages(pages: readonly FormPage[], value: FormValue): FormPage[] {
  const fields = pages.flatMap((page) => page.fields);
  const visible = visibleNames(new Map(fields.map((field) => [field.name, field.visibleIf])), (name) =>
    Object.hasOwn(value, name) ? value[name] : undefined,
  );
  return pages
    .map((page) => ({ ...page, fields: page.fields.filter((field) => visible.has(field.name)) }))
    .filter((page) => page.fields.length > 0);
}

/** What is wrong with the values, by field: by the same judge as the API and the plan, while one types. */
export function validateForm(pages: readonly FormPage[], value: FormValue): FormErrors {
  const errors: FormErrors = {};
  for (const field of pages.flatMap((page) => page.fields)) {
    const given = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
    const message = validateField(field, given);
    if (message) errors[field.name] = message;
  }
  return errors;
}

/** The complaint about one field, or undefined. */
export function validateField(field: FormField, value: FieldValue): string | undefined {
  const rules = rulesOf(field);
  const taken = takeValue(rules, sentValue(rules, value), { required: field.required ?? false });
  const [first] = taken.ok ? [] : taken.problems;
  return first ? sentenceOf(field, first) : undefined;
}

/** A problem as a sentence for the field it is in, named where it is a part of the one that is shown. */
function sentenceOf(field: FormField, problem: ValueProblem): string {
  const [step, ...rest] = problem.path;
  if (step === undefined) return ownSentence(field, problem);
  const inner = typeof step === "number" ? field.items : field.fields?.find((one) => one.name === step);
  const what = typeof step === "number" ? `Entry ${step + 1}` : (inner?.title ?? step);
  const below = { ...problem, path: rest };
  return `${what}: ${sentenceOf(inner ?? { name: String(step), title: String(step), type: "string" }, below)}`;
}

function ownSentence(field: FormField, { breach }: ValueProblem): string {
  const unit = field.unit ? ` ${field.unit}` : "";
  switch (breach.rule) {
    case "required":
      return `${field.title || "The entry"} is required.`;
    case "type":
      return typeSentence(field);
    case "enum":
      return "Choose an option from the list.";
    case "const":
      return `Must be ${JSON.stringify(breach.limit)}.`;
    case "minimum":
      return `Must be ${breach.limit}${unit} or more.`;
    case "maximum":
      return `Must be ${breach.limit}${unit} or less.`;
    case "exclusiveMinimum":
      return `Must be more than ${breach.limit}${unit}.`;
    case "exclusiveMaximum":
      return `Must be less than ${breach.limit}${unit}.`;
    case "multipleOf":
      return `Use a multiple of ${breach.limit}${unit}.`;
    case "minLength":
      return `Use at least ${breach.limit} characters.`;
    case "maxLength":
      return `Use at most ${breach.limit} characters.`;
    case "minItems":
      return `Add at least ${breach.limit} entries.`;
    case "maxItems":
      return `Use at most ${breach.limit} entries.`;
    case "uniqueItems":
      return "Use each entry only once.";
    case "pattern":
      return field.help ?? `Doesn’t match the required format: ${String(breach.limit)}`;
    case "format":
      return `Enter ${formatWords[String(breach.limit)] ?? `a valid ${String(breach.limit)}`}.`;
    case "inexact":
      return `Enter a whole number up to ${Number.MAX_SAFE_INTEGER}.`;
    case "unknown":
      return "This field isn’t part of the group.";
    case "userinfo":
      return "Remove the user name and password. Store Git credentials in the project’s settings.";
  }
}

const formatWords: Readonly<Record<string, string>> = {
  uri: "a URL such as https://example.org",
  email: "an email address",
  hostname: "a hostname",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  date: "a date such as 2030-01-31",
  "date-time": "a time such as 2030-01-31T12:00:00Z",
  time: "a time such as 12:00:00Z",
  uuid: "a UUID",
  regex: "a regular expression",
};

function typeSentence({ type }: FormField): string {
  switch (type) {
    case "integer":
      return "Enter a whole number, for example 16000.";
    case "number":
      return "Enter a number, for example 1.5.";
    case "array":
      return "Enter a list.";
    case "object":
      return "Enter a JSON object.";
    case "boolean":
      return "Choose yes or no.";
    default:
      return "Enter text.";
  }
}

/** The allowed range in words, for inside the input: "GiB, 1 to 100". */
export function rangeWords(field: FormField): string | undefined {
  if (field.type !== "integer" && field.type !== "number") return field.unit;
  const { min, max } = field;
  const range =
    min !== undefined && max !== undefined
      ? `${min} to ${max}`
      : min !== undefined
        ? `at least ${min}`
        : max !== undefined
          ? `at most ${max}`
          : undefined;
  return [field.unit, range].filter(Boolean).join(", ") || undefined;
}
