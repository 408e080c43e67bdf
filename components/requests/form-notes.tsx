"use client";

import { useRouter } from "next/navigation";
import { Callout } from "@/components/ui/callout";
import { Field } from "@/components/ui/field";
import { NativeSelect } from "@/components/ui/native-select";

/** Another version is another form: it is asked for again, what was typed stays. */
export function VersionField(props: { versions: readonly string[]; value: string; error?: string }) {
  const router = useRouter();
  return (
    <Field label="Version" error={props.error}>
      {(control) => (
        <NativeSelect
          {...control}
          value={props.value}
          onChange={(event) => router.replace(`?version=${encodeURIComponent(event.target.value)}`)}
        >
          {props.versions.map((version) => (
            <option key={version} value={version}>
              {version}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}

/** Says which secrets a reload has lost. */
export function SecretsToEnter({ titles }: { titles: readonly string[] }) {
  if (titles.length === 0) return null;
  return (
    <Callout tone="warning" title="Enter your secrets again">
      Secrets aren’t kept when the page reloads: {titles.join(", ")}.
    </Callout>
  );
}

/** Stands instead of the form for who may request in no project. */
export function NowhereToAsk() {
  return (
    <Callout tone="accent" title="You don’t have access to request environments">
      Ask a project owner to add you as a developer. You can browse the catalog without that role.
    </Callout>
  );
}
