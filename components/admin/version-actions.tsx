"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiPost } from "@/components/data/api";
import { Button, type ButtonProps } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
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
  /** Verb and noun, where the button alone has no noun. */
  confirm?: string;
  note?: "required" | "optional";
}

const words: Record<VersionTransition, Words> = {
  submit: {
    button: "Submit for review",
    variant: "accent",
    title: "Submit for review?",
    text: "Checks run now. Another administrator must publish the version.",
    done: "Submitted for review",
  },
  publish: {
    button: "Publish",
    confirm: "Publish version",
    variant: "accent",
    title: "Publish this version?",
    text: "The version becomes available in the catalog immediately. Published versions can’t be edited.",
    done: "Published",
    note: "optional",
  },
  reject: {
    button: "Request changes",
    variant: "outline",
    title: "Request changes?",
    text: "The version returns to draft. The author sees your note.",
    done: "Changes requested",
    note: "required",
  },
  deprecate: {
    button: "Deprecate",
    confirm: "Deprecate version",
    variant: "outline",
    title: "Deprecate this version?",
    text: "Existing environments keep working. The version is hidden from new requests.",
    done: "Deprecated",
  },
  retire: {
    button: "Retire",
    confirm: "Retire version",
    variant: "danger-outline",
    title: "Retire this version?",
    text: "No new environments or changes. Running environments keep running. This can’t be undone.",
    done: "Retired",
  },
};

export interface VersionActionsProps {
  template: string;
  version: string;
  /** Of the content the page shows; what a button sends. */
  digest: string;
  /** Files that changed in it, in words; empty when none did. */
  files: string;
  allowed: readonly VersionTransition[];
}

/** What can be done with a version, each asked for once more. */
export function VersionActions({ allowed, ...version }: VersionActionsProps) {
  const order: VersionTransition[] = ["reject", "retire", "deprecate", "submit", "publish"];
  return order
    .filter((transition) => allowed.includes(transition))
    .map((transition) => <TransitionButton key={transition} {...version} transition={transition} />);
}

interface TransitionButtonProps extends Omit<VersionActionsProps, "allowed"> {
  transition: VersionTransition;
}

function useTransitionWrite({ template, version, transition }: TransitionButtonProps, note: string) {
  return useWrite(
    (digest: string) =>
      apiPost("/templates/{name}/versions/{version}/{transition}", {
        path: { name: template, version, transition },
        body: { digest, note: note.trim() },
      }),
    { success: words[transition].done, onProblem: (problem) => problem.status === 409 },
  );
}

function TransitionButton(props: TransitionButtonProps) {
  const look = words[props.transition];
  const router = useRouter();
  const [note, setNote] = useState("");
  // Of the moment the dialog opened: a page that is refreshed behind it must not change what is confirmed.
  const [reviewed, setReviewed] = useState<string>();
  const write = useTransitionWrite(props, note);
  const outdated = write.problem?.status === 409;
  const failures = outdated ? [] : (write.problem?.errors ?? []);
  const setOpen = (next: boolean) => {
    setReviewed(next ? props.digest : undefined);
    write.clear();
  };
  return (
    <ConfirmDialog
      trigger={<Button variant={look.variant}>{look.button}</Button>}
      open={reviewed !== undefined}
      onOpenChange={setOpen}
      title={look.title}
      description={look.text}
      confirmLabel={look.confirm ?? look.button}
      tone={props.transition === "retire" ? "danger" : "accent"}
      missing={
        outdated
          ? "Reload the changed version first."
          : look.note === "required" && note.trim() === ""
            ? "Say what needs to change."
            : null
      }
      onConfirm={() => (reviewed === undefined ? undefined : write.run(reviewed))}
    >
      {props.transition === "publish" ? (
        <p className="text-sm text-muted">
          {props.files ? `Other files: ${props.files}. ` : "No other files changed. "}
          Digest <code className="font-mono text-xs break-all">{reviewed}</code>
        </p>
      ) : null}
      {look.note ? (
        <Field
          label={look.note === "required" ? "What needs to change?" : "Note"}
          optional={look.note === "optional"}
          required={look.note === "required"}
        >
          {(control) => (
            <Textarea {...control} value={note} onChange={(event) => setNote(event.target.value)} />
          )}
        </Field>
      ) : null}
      {outdated ? (
        <Callout tone="warning" title="Version changed">
          <p>{write.problem?.detail}</p>
          <Button
            size="sm"
            className="mt-2"
            onClick={() => {
              setOpen(false);
              router.refresh();
            }}
          >
            Reload
          </Button>
        </Callout>
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
