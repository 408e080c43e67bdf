"use client";

import { Money } from "@/components/ui/money";
import { RadioGroup } from "@/components/ui/radio-group";
import type { PresetOption } from "./form-model";

/** The template's presets as cards with what each costs a month. */
export function PresetCards(props: {
  presets: readonly PresetOption[];
  value: string | null;
  onChange: (preset: PresetOption) => void;
}) {
  if (props.presets.length === 0) return null;
  return (
    <RadioGroup
      look="cards"
      aria-label="Preset"
      value={props.value ?? ""}
      onValueChange={(name) => {
        const preset = props.presets.find((one) => one.name === name);
        if (preset) props.onChange(preset);
      }}
      options={props.presets.map((preset) => ({
        value: preset.name,
        label: preset.title ?? preset.name,
        description: preset.description,
        footer:
          preset.monthly === null ? (
            <span className="text-muted">Price varies</span>
          ) : (
            <Money amount={preset.monthly} currency={preset.currency} period="month" />
          ),
      }))}
    />
  );
}
