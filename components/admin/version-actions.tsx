"use client";

import { useState } from "react";
import { Button, type ButtonProps } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import type { VersionTransition } from "@/lib/features/catalog/schema";
import { useWrite } from "./use-write";

interface Words {
  button: string;
  variant: ButtonProps["variant"];
  title: string;
  text: string;
  done: string;
  note?: "required" | "optional";
}

const words: Record<VersionTransition, Words> = {
  submit: {
    button: "Submit for review",
    variant: "accent",
    title: "Submit for review?",
    text: "The checks run now. A second person decides whether it is published.",
    done: "Submitted for review",
  },
  publish: {
    button: "Publish",
    variant: "accent",
    title: "Publish this version?",
    text: "Everybody who may order finds it in the catalog at once. A published version never changes.",
    done: "Published",
    note: "optional",
  },
  reject: {
    button: "Reject",
    variant: "outline",
    title: "Send it back?",
    text: "It becomes a draft again. Its author sees what you write here.",
    done: "Sent back to its author",
    note: "required",
  },
  deprecate: {
    button: "Deprecate",
    variant: "outline",
    title: "Deprecate this version?",
    text: "It stays usable where it runs, and is no longer offered for new environments.",
    done: "Deprecated",
  },
  retire: {
    button: "Retire",
    variant: "danger-outline",
    title: "Retire this version?",
    text: "It is taken out of use for good: no new environments and no changes to it. What runs keeps running.",
    done: "Retired",
  },
};

export interface VersionActionsProps {
  template: string;
  version: string;
  allowed: readonly VersionTransition[];
}

/** What can be done with a version, each asked for once more. */
export function VersionActions({ template, version, allowed }: VersionActionsProps) {
  const order: VersionTransition[] = ["reject", "retire", "deprecate", "submit", "publish"];
  return order
    .filter((transition) => allowed.includes(transition))
    .map((transition) => (
      <TransitionButton key={transition} template={template} version={version} transition={transition} />
    ));
}

function TransitionButton(props: { template: string; version: string; transition: VersionTransition }) {
  const look = words[props.transition];
  const [note, setNote] = useState("");
  const write = useWrite({ success: look.done });
  const path = `/templates/${props.template}/versions/${encodeURIComponent(props.version)}/${props.transition}`;
  const failures = write.problem?.errors ?? [];
  return (
    <ConfirmDialog
      trigger={<Button variant={look.variant}>{look.button}</Button>}
      title={look.title}
      description={look.text}
      confirmLabel={look.button}
      tone={props.transition === "retire" ? "danger" : "accent"}
      ready={look.note !== "required" || note.trim() !== ""}
      onConfirm={() => write.run(path, { method: "POST", body: { note: note.trim() } })}
    >
      {look.note ? (
        <Field
          label={look.note === "required" ? "What has to change" : "Note"}
          optional={look.note === "optional"}
          required={look.note === "required"}
        >
          {(control) => (
            <Textarea {...control} value={note} onChange={(event) => setNote(event.target.value)} />
          )}
        </Field>
      ) : null}
      {failures.length > 0 ? (
        <ul role="alert" className="grid gap-1 text-sm text-bad-ink">
          {failures.map((one) => (
            <li key={`${one.path}${one.message}`}>{one.message}</li>
          ))}
        </ul>
      ) : null}
    </ConfirmDialog>
  );
}
