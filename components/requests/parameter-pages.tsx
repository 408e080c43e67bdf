"use client";

import { useEffect, useRef } from "react";
import { SchemaForm } from "@/components/forms/schema-form";
import type { FormErrors, FormPage, FormValue } from "@/components/forms/types";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Stepper } from "@/components/ui/stepper";

export interface ParameterPagesProps {
  pages: readonly FormPage[];
  page: number;
  onPage: (page: number) => void;
  value: FormValue;
  onChange: (value: FormValue) => void;
  errors: FormErrors;
  showErrors: boolean;
  /** Pages with a complaint, by place. */
  failed: ReadonlySet<number>;
}

/** The template's own questions: on one page as they are, on several step by step. */
export function ParameterPages(props: ParameterPagesProps) {
  const { pages, page, onPage, failed, showErrors } = props;
  const top = useRef<HTMLDivElement>(null);
  const before = useRef(page);
  useEffect(() => {
    if (before.current === page) return;
    before.current = page;
    top.current?.focus({ preventScroll: true });
    top.current?.scrollIntoView({ block: "nearest" });
  }, [page]);
  const current = pages[page];
  if (!current) return null;
  const form = {
    value: props.value,
    onChange: props.onChange,
    errors: props.errors,
    showErrors,
  };
  if (pages.length === 1) return <SchemaForm pages={[{ fields: current.fields }]} {...form} />;
  return (
    <Card className="grid gap-5 px-5 py-4.5">
      <Stepper
        label="Template parameters"
        onStep={onPage}
        steps={pages.map((one, index) => ({
          label: one.title ?? `Step ${index + 1}`,
          state:
            index === page
              ? "current"
              : showErrors && failed.has(index)
                ? "failed"
                : index < page
                  ? "done"
                  : "upcoming",
        }))}
      />
      <div ref={top} tabIndex={-1} className="outline-none">
        {current.description ? <p className="mb-4 text-muted">{current.description}</p> : null}
        <SchemaForm key={page} pages={[{ fields: current.fields }]} {...form} />
      </div>
      <div className="flex justify-between gap-2 border-t pt-4">
        <Button disabled={page === 0} onClick={() => onPage(page - 1)}>
          Back
        </Button>
        {page < pages.length - 1 ? (
          <Button onClick={() => onPage(page + 1)}>Next: {pages[page + 1]?.title ?? "settings"}</Button>
        ) : null}
      </div>
    </Card>
  );
}
