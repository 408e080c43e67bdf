"use client";

import { type ReactNode, useId } from "react";
import { Button } from "./button";
import { Dialog, DialogContent, DialogTrigger } from "./dialog";

export interface FormDialogProps {
  /** The button that opens it. */
  trigger: ReactNode;
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
      <DialogTrigger asChild>{props.trigger}</DialogTrigger>
      <DialogContent
        title={props.title}
        description={props.description}
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
