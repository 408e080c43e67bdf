import type { FormErrors } from "@/components/forms/types";

/** The API's complaints about `config.…`, by the form field they belong to; the first of each. */
export function configErrorsOf(errors: Record<string, string>): FormErrors {
  const byField: FormErrors = {};
  for (const [path, message] of Object.entries(errors)) {
    const [head, field] = path.split(".");
    if (head === "config" && field) byField[field] ??= message;
  }
  return byField;
}
