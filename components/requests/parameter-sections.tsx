import { SchemaForm } from "@/components/forms/schema-form";
import type { FormErrors, FormPage, FormValue } from "@/components/forms/types";

export interface ParameterSectionsProps {
  /** With the fields that are asked for now. */
  pages: readonly FormPage[];
  value: FormValue;
  onChange: (value: FormValue) => void;
  errors: FormErrors;
  showErrors: boolean;
}

/** The template's own questions: a single page as it is, several as sections under their titles. */
export function ParameterSections({ pages, ...form }: ParameterSectionsProps) {
  const [first, second] = pages;
  if (!first) return null;
  return <SchemaForm pages={second ? pages : [{ fields: first.fields }]} {...form} />;
}
