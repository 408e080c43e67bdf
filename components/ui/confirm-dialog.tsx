"use client";

import { AlertDialog as Radix } from "radix-ui";
import { type ReactNode, useId, useState } from "react";
import { Button } from "./button";
import { cn } from "./cn";
import { overlayClasses } from "./dialog";
import { Input } from "./input";
import { Label } from "./label";
import { ReasonedButton } from "./reasoned-button";
import { ScrollBody } from "./scroll-body";
import { type DialogControl, returningTo, useDialogOpen } from "./use-dialog-open";

export interface ConfirmDialogProps extends DialogControl {
  /** The button that opens it. Leave out when `open` is controlled. */
  trigger?: ReactNode;
  title: ReactNode;
  description?: ReactNode;
  /** What will be gone afterwards, one line each: volumes, restore points, links. */
  losses?: readonly ReactNode[];
  /** What stays: said when people might fear for it. */
  kept?: readonly ReactNode[];
  /** The person must type this name before the action is allowed. */
  typeToConfirm?: string;
  confirmLabel: string;
  cancelLabel?: string;
  tone?: "danger" | "primary" | "accent";
  /** Closes when it resolves; stays open when it throws or resolves to false. */
  onConfirm: () => unknown;
  /** Further inputs, for example a reason. */
  children?: ReactNode;
  /** Why it can't be done yet, as a sentence: what the further inputs lack. Null or absent when it can. */
  missing?: string | null;
}

/** Asks before something that cannot simply be undone, and says what will be lost. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, setOpen, typed, setTyped, pending, missing, confirm } = useConfirmation(props);
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      {props.trigger ? <Radix.Trigger asChild>{props.trigger}</Radix.Trigger> : null}
      <Radix.Portal>
        <Radix.Overlay className={overlayClasses} />
        <Radix.Content
          className="fixed inset-x-3 bottom-3 z-50 flex max-h-[calc(100dvh-1.5rem)] flex-col overflow-hidden rounded-card border bg-raised shadow-pop outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98 sm:inset-x-auto sm:top-[14vh] sm:bottom-auto sm:left-1/2 sm:w-full sm:max-w-md sm:-translate-x-1/2"
          onCloseAutoFocus={returningTo(props.returnFocusTo)}
          {...(props.description ? {} : { "aria-describedby": undefined })}
        >
          <form
            className="flex min-h-0 flex-col"
            onSubmit={(event) => {
              event.preventDefault();
              event.stopPropagation();
              void confirm();
            }}
          >
            <ScrollBody className="grid gap-4 py-5">
              <div>
                <Radix.Title className="text-lg font-semibold">{props.title}</Radix.Title>
                {props.description ? (
                  <Radix.Description className="mt-1 text-muted">{props.description}</Radix.Description>
                ) : null}
              </div>
              <Consequences title="Will be deleted" tone="bad" lines={props.losses} />
              <Consequences title="Will be kept" tone="good" lines={props.kept} />
              {props.children}
              {props.typeToConfirm === undefined ? null : (
                <NameToType name={props.typeToConfirm} value={typed} onChange={setTyped} />
              )}
            </ScrollBody>
            <div className="flex justify-end gap-2 border-t bg-subtle px-5 py-3">
              <Radix.Cancel asChild>
                <Button disabled={pending}>{props.cancelLabel ?? "Cancel"}</Button>
              </Radix.Cancel>
              <ReasonedButton
                type="submit"
                variant={props.tone ?? "danger"}
                reason={missing}
                loading={pending}
              >
                {props.confirmLabel}
              </ReasonedButton>
            </div>
          </form>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Whether the dialog is open, what was typed, and the action, done once at a time. */
function useConfirmation(props: ConfirmDialogProps) {
  const [open, changeOpen] = useDialogOpen(props);
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState(false);
  const named = props.typeToConfirm === undefined || typed.trim() === props.typeToConfirm;
  const missing = named ? (props.missing ?? null) : `Type “${props.typeToConfirm}” to confirm.`;
  const setOpen = (next: boolean) => {
    if (pending) return;
    changeOpen(next);
    if (!next) setTyped("");
  };

  async function confirm() {
    if (missing !== null || pending) return;
    setPending(true);
    let done = false;
    try {
      done = (await props.onConfirm()) !== false;
    } finally {
      setPending(false);
    }
    if (done) {
      changeOpen(false);
      setTyped("");
    }
  }
  return { open, setOpen, typed, setTyped, pending, missing, confirm };
}

function NameToType(props: { name: string; value: string; onChange: (text: string) => void }) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <Label htmlFor={id} className="font-normal">
        Type <strong className="font-mono text-sm">{props.name}</strong> to confirm
      </Label>
      <Input
        id={id}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
    </div>
  );
}

function Consequences(props: { title: string; tone: "bad" | "good"; lines?: readonly ReactNode[] }) {
  if (!props.lines?.length) return null;
  const bad = props.tone === "bad";
  return (
    <div
      className={cn(
        "rounded-control border px-3.5 py-2.5",
        bad ? "border-bad-line bg-bad-soft" : "bg-subtle",
      )}
    >
      <p className={cn("text-sm font-semibold", bad ? "text-bad-ink" : "text-ink")}>{props.title}</p>
      <ul className="mt-1 grid gap-0.5">
        {props.lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: fixed lines of text
          <li key={index} className="flex gap-2">
            <span aria-hidden className={bad ? "text-bad-ink" : "text-good-ink"}>
              {bad ? "−" : "="}
            </span>
            <span className="min-w-0">{line}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
