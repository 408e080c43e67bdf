"use client";

import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import {
  type EventGroup,
  eventGroupLabels,
  eventGroups,
  type WebhookFormat,
  webhookFormatLabels,
  webhookFormats,
} from "@/lib/features/notifications/schema";

export interface WebhookValues {
  name: string;
  url: string;
  format: WebhookFormat;
  groups: EventGroup[];
}

export interface WebhookFieldsProps {
  values: WebhookValues;
  errors: Readonly<Record<string, string | undefined>>;
  onChange: (values: WebhookValues) => void;
  /** The webhook exists: its URL may stay. */
  stored?: boolean;
}

export function WebhookFields({ values, errors, onChange, stored = false }: WebhookFieldsProps) {
  const set = (change: Partial<WebhookValues>) => onChange({ ...values, ...change });
  return (
    <>
      <Field label="Name" required error={errors.name}>
        {(control) => (
          <Input {...control} value={values.name} onChange={(event) => set({ name: event.target.value })} />
        )}
      </Field>
      <Field
        label="URL"
        required={!stored}
        optional={stored}
        error={errors.url}
        hint={stored ? "Leave blank to keep the stored one." : "https:// URL that receives a POST request"}
      >
        {(control) => (
          <Input
            {...control}
            value={values.url}
            autoComplete="off"
            onChange={(event) => set({ url: event.target.value })}
          />
        )}
      </Field>
      <Field label="Format" error={errors.format}>
        {(control) => (
          <NativeSelect
            {...control}
            value={values.format}
            onChange={(event) => {
              const format = webhookFormats.find((one) => one === event.target.value);
              if (format) set({ format });
            }}
          >
            {webhookFormats.map((format) => (
              <option key={format} value={format}>
                {webhookFormatLabels[format]}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field label="Events" group error={errors.groups}>
        {() => (
          <div className="grid gap-2 sm:grid-cols-2">
            {eventGroups.map((group) => (
              <Checkbox
                key={group}
                label={eventGroupLabels[group].title}
                checked={values.groups.includes(group)}
                onCheckedChange={(checked) =>
                  set({
                    groups: checked
                      ? [...values.groups, group]
                      : values.groups.filter((one) => one !== group),
                  })
                }
              />
            ))}
          </div>
        )}
      </Field>
    </>
  );
}
