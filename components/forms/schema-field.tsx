"use client";

import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/components/ui/cn";
import { Field, type FieldControlProps } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import { Select } from "@/components/ui/select";
import { Slider } from "@/components/ui/slider";
import { Switch } from "@/components/ui/switch";
import { readNumber } from "@/lib/kernel/values/numbers";
import { ColorInput, JsonInput, NumberInput, SecretInput, TagsInput, UploadInput } from "./inputs";
import { StoredSecret } from "./stored-secret";
import type { FieldValue, FormField, Widget } from "./types";
import { rangeWords, validateField } from "./validate";

export interface SchemaFieldProps {
  field: FormField;
  value: FieldValue;
  error?: string;
  disabled?: boolean;
  onChange: (value: FieldValue) => void;
  onBlur: () => void;
}

/** One field with its label, hint and error, in the widget its schema asks for. */
export function SchemaField(props: SchemaFieldProps) {
  const { field, error } = props;
  const widget = chooseWidget(field);
  if (widget === "group") return <GroupField {...props} />;
  if (widget === "switch" || widget === "checkbox") return <BooleanField {...props} widget={widget} />;
  const range = widget === "slider" ? rangeWords(field) : undefined;
  return (
    <Field
      label={field.title}
      hint={[field.description, field.help].filter(Boolean).join(" ") || undefined}
      error={error}
      required={field.required}
      optional={!field.required && field.default === undefined}
      group={widget === "radio"}
      aside={range}
    >
      {(control) => <Control {...props} widget={widget} control={control} />}
    </Field>
  );
}

/** The widget a field is shown with when its schema does not say. */
export function chooseWidget(field: FormField): Widget {
  if (field.secret || field.widget === "secret") return "secret";
  // A list of objects and a group without known fields have no better form than their JSON.
  if (field.widget === "list" && field.items?.type === "object") return "json";
  if (field.widget === "group" && !field.fields?.length) return "json";
  if (field.widget) return field.widget;
  if (field.type === "boolean") return "switch";
  if (field.options) return field.options.length <= 3 ? "radio" : "select";
  if (field.type === "array") return "list";
  if (field.type === "object") return field.fields?.length ? "group" : "json";
  return "text";
}

function BooleanField({
  field,
  value,
  error,
  disabled,
  onChange,
  widget,
}: SchemaFieldProps & { widget: Widget }) {
  const id = `field-${field.name}`;
  if (widget === "checkbox") {
    return (
      <Checkbox
        id={id}
        checked={value === true}
        disabled={disabled}
        onCheckedChange={(next) => onChange(next === true)}
        label={<span className="font-semibold">{field.title}</span>}
        description={error ?? field.description}
      />
    );
  }
  return (
    <div className="flex items-start justify-between gap-4">
      <label htmlFor={id} className="min-w-0">
        <span className="block text-sm font-semibold">{field.title}</span>
        {field.description ? <span className="block text-xs text-muted">{field.description}</span> : null}
        {error ? <span className="block text-xs text-bad-ink">{error}</span> : null}
      </label>
      <Switch id={id} checked={value === true} disabled={disabled} onCheckedChange={onChange} />
    </div>
  );
}

/** Fields that belong together, as one object. */
function GroupField({ field, value, error, disabled, onChange, onBlur }: SchemaFieldProps) {
  const current = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  const inners = field.fields ?? [];
  const figures = inners.every((inner) => inner.type === "integer" || inner.type === "number");
  // A complaint about the whole ("from is above to") belongs to none of the fields within.
  const own = error && !inners.some((inner) => validateField(inner, current[inner.name])) ? error : undefined;
  return (
    <fieldset
      className={cn(
        "grid gap-4 rounded-card border bg-panel px-4 pt-3 pb-4",
        figures && "sm:grid-cols-[repeat(auto-fit,minmax(8rem,1fr))]",
      )}
    >
      <legend className="-ml-1 px-1 text-sm font-semibold">{field.title}</legend>
      {field.description ? <p className="col-span-full text-xs text-muted">{field.description}</p> : null}
      {own ? (
        <p role="alert" className="col-span-full text-xs text-bad-ink">
          {own}
        </p>
      ) : null}
      {inners.map((inner) => (
        <SchemaField
          key={inner.name}
          field={{ ...inner, name: `${field.name}.${inner.name}` }}
          value={current[inner.name]}
          error={error ? validateField(inner, current[inner.name]) : undefined}
          disabled={disabled}
          onBlur={onBlur}
          onChange={(next) => onChange({ ...current, [inner.name]: next })}
        />
      ))}
    </fieldset>
  );
}

/** A list of short texts; numbers are handed back as numbers. */
function ListInput(props: FieldControlProps & Omit<SchemaFieldProps, "error">) {
  const { field, onChange, ...rest } = props;
  const numeric = field.items?.type === "integer" || field.items?.type === "number";
  const convert = (tag: string): FieldValue => (numeric ? (readNumber(tag) ?? tag) : tag);
  return (
    <TagsInput {...rest} placeholder={field.placeholder} onChange={(tags) => onChange(tags.map(convert))} />
  );
}

interface ControlProps extends SchemaFieldProps {
  widget: Widget;
  control: FieldControlProps;
}

function Control({ field, value, disabled, onChange, onBlur, widget, control }: ControlProps) {
  const shared = { ...control, disabled, onBlur };
  const text = typeof value === "string" ? value : "";
  if (field.options && (widget === "radio" || widget === "select")) {
    return <Choice {...{ field, value, disabled, onChange, widget, control }} />;
  }
  switch (widget) {
    case "textarea":
      return (
        <Textarea
          {...shared}
          value={text}
          placeholder={field.placeholder}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case "secret":
      if (field.clearable) {
        const { title, placeholder } = field;
        return <StoredSecret {...shared} {...{ value, title, placeholder, onChange }} />;
      }
      return <SecretInput {...shared} value={text} placeholder={field.placeholder} onChange={onChange} />;
    case "slider":
      return <SliderRow {...{ field, value, disabled, onChange, control }} />;
    case "list":
      return <ListInput {...shared} {...{ field, value, onChange }} />;
    case "json":
      return <JsonInput {...shared} value={value} onChange={onChange} />;
    case "upload":
      return <UploadInput {...shared} value={text} onChange={onChange} />;
    default:
      if (field.type === "integer" || field.type === "number") {
        return (
          <NumberInput
            {...shared}
            value={value}
            onChange={onChange}
            suffix={rangeWords(field)}
            step={field.step}
          />
        );
      }
      if (isColor(field)) {
        return <ColorInput {...shared} value={text} placeholder={field.placeholder} onChange={onChange} />;
      }
      return (
        <Input
          {...shared}
          type={inputType(field)}
          value={text}
          placeholder={field.placeholder ?? (widget === "git" ? "https://…/repository.git" : undefined)}
          suffix={field.unit}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

function Choice({ field, value, disabled, onChange, widget, control }: Omit<ControlProps, "onBlur">) {
  const options = field.options ?? [];
  const asText = options.map((option) => ({ value: String(option.value), label: option.label }));
  // Radix deals in strings: hand back the value with its own type.
  const choose = (chosen: string) =>
    onChange(options.find((option) => String(option.value) === chosen)?.value);
  const current = value === undefined || value === null ? undefined : String(value);
  if (widget === "radio") {
    return (
      <RadioGroup
        look="cards"
        aria-label={field.title}
        aria-describedby={control["aria-describedby"]}
        value={current ?? ""}
        disabled={disabled}
        onValueChange={choose}
        options={asText}
      />
    );
  }
  return <Select {...control} value={current} disabled={disabled} onValueChange={choose} options={asText} />;
}

function SliderRow({ field, value, disabled, onChange, control }: Omit<ControlProps, "onBlur" | "widget">) {
  const min = field.min ?? 0;
  const max = field.max ?? 100;
  const number = typeof value === "number" ? value : min;
  return (
    <div className="flex items-center gap-4">
      <Slider
        aria-label={field.title}
        value={[number]}
        min={min}
        max={max}
        step={field.step ?? (field.type === "integer" ? 1 : (max - min) / 100)}
        disabled={disabled}
        onValueChange={([next]) => onChange(next)}
      />
      <div className="w-24 shrink-0">
        <NumberInput {...control} value={value} onChange={onChange} disabled={disabled} />
      </div>
    </div>
  );
}

/** Texts that may only be colors are recognized by their pattern: JSON Schema has no format for them. */
function isColor(field: FormField): boolean {
  return field.type === "string" && /^\^#\[0-9a-fA-F\]\{6\}\$$/i.test(field.pattern ?? "");
}

function inputType(field: FormField): string {
  if (field.format === "email") return "email";
  if (field.format === "uri" || field.widget === "git") return "url";
  if (field.format === "date") return "date";
  return "text";
}
