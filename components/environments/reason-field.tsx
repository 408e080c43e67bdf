import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

/** Why something is done, for those who read the activity later. */
export function ReasonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <Field label="Reason" optional>
      {(control) => (
        <Input
          {...control}
          value={value}
          maxLength={500}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
