"use client";

import { type ReactNode, type RefObject, useId } from "react";
import { Button } from "./button";
import { Dialog, DialogContent, DialogTrigger } from "./dialog";
import { ReasonedButton } from "./reasoned-button";
import { returningTo } from "./use-dialog-open";

export interface FormDialogProps {
  /** The button that opens it, where one does. */
  trigger?: ReactNode;
  /** Where the focus goes when it closes, where no trigger opened it. */
  returnFocusTo?: RefObject<HTMLElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  submitLabel: string;
  /** Why it can't be sent now: what is missing, as a sentence; null or absent when it can. */
  missing?: string | null;
  pending: boolean;
  onSubmit: () => void;
  /** The fields. */
  children: ReactNode;
}

/** A few fields in a window, with one button that sends them and one that does not. */
export function FormDialog(props: FormDialogProps) {
  const formId = useId();
  const { missing = null } = props;
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange}>
      {props.trigger ? <DialogTrigger asChild>{props.trigger}</DialogTrigger> : null}
      <DialogContent
        title={props.title}
        description={props.description}
        onCloseAutoFocus={returningTo(props.returnFocusTo)}
        footer={
          <>
            <Button onClick={() => props.onOpenChange(false)}>Cancel</Button>
            <ReasonedButton
              type="submit"
              form={formId}
              variant="accent"
              loading={props.pending}
              reason={missing}
            >
              {props.submitLabel}
            </ReasonedButton>
          </>
        }
      >
        <form
          id={formId}
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            // Enter in a lone field sends a form without a button that can be pressed.
            if (missing === null) props.onSubmit();
          }}
        >
          {props.children}
        </form>
      </DialogContent>
    </Dialog>
  );
}
