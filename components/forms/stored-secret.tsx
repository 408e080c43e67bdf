"use client";

import { Button } from "@/components/ui/button";
import type { FieldControlProps } from "@/components/ui/field";
import { SecretInput } from "./inputs";
import type { FieldValue } from "./types";

interface StoredSecretProps extends FieldControlProps {
  value: FieldValue;
  disabled?: boolean;
  placeholder?: string;
  title: string;
  onBlur?: () => void;
  /** Null clears it; undefined keeps what is stored. */
  onChange: (value: string | null | undefined) => void;
}

/** A secret that has a value already: kept when left empty, replaced by what is typed, or cleared. */
export function StoredSecret({ value, onChange, title, placeholder, ...rest }: StoredSecretProps) {
  if (value === null) {
    return (
      <div className="flex items-center justify-between gap-3 rounded-control border px-3 py-1.5">
        <span className="text-sm text-muted">Will be cleared</span>
        <Button
          id={rest.id}
          size="sm"
          variant="ghost"
          disabled={rest.disabled}
          aria-label={`Keep ${title}`}
          onClick={() => onChange(undefined)}
        >
          Keep
        </Button>
      </div>
    );
  }
  return (
    <div className="flex items-center gap-2">
      <div className="min-w-0 flex-1">
        <SecretInput
          {...rest}
          value={typeof value === "string" ? value : ""}
          placeholder={placeholder}
          onChange={onChange}
        />
      </div>
      <Button size="sm" disabled={rest.disabled} aria-label={`Clear ${title}`} onClick={() => onChange(null)}>
        Clear
      </Button>
    </div>
  );
}
