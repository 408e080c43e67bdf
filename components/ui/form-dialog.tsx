"use client";

import { type ReactNode, type RefObject, useId } from "react";
import { Button } from "./button";
import { Dialog, DialogContent, DialogTrigger } from "./dialog";
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
  /** False while something is missing or nothing was changed. */
  ready?: boolean;
  pending: boolean;
  onSubmit: () => void;
  /** The fields. */
  children: ReactNode;
}

/** A few fields in a window, with one button that sends them and one that does not. */
export function FormDialog(props: FormDialogProps) {
  const formId = useId();
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
            <Button
              type="submit"
              form={formId}
              variant="accent"
              loading={props.pending}
              disabled={props.ready === false}
            >
              {props.submitLabel}
            </Button>
          </>
        }
      >
        <form
          id={formId}
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            props.onSubmit();
          }}
        >
          {props.children}
        </form>
      </DialogContent>
    </Dialog>
  );
}
