"use client";

import { useId } from "react";
import { Button, type ButtonProps } from "./button";
import { cn } from "./cn";
import { Tooltip } from "./tooltip";

export interface ReasonedButtonProps extends Omit<ButtonProps, "disabled"> {
  /** Why it can't be used now, as a sentence; null when it can. */
  reason: string | null;
}

/** A button's props while it can't be used: it looks the same and does nothing. `id` is the reason's element. */
export function switchedOff(props: ButtonProps, id: string): ButtonProps {
  const { variant, size, className, children, "aria-label": label } = props;
  return {
    ...{ variant, size, children, "aria-label": label },
    "aria-disabled": true,
    "aria-describedby": id,
    className: cn("aria-disabled:pointer-events-auto cursor-not-allowed", className),
  };
}

/**
 * A button that says why it can't be used: on hover, on focus and on tap, and always to screen readers. It keeps its place
 * in the tab order.
 */
export function ReasonedButton({ reason, ...props }: ReasonedButtonProps) {
  const id = useId();
  // While it works, that is the reason, and it is seen.
  if (reason === null || props.loading) return <Button {...props} />;
  return (
    <>
      <Tooltip content={reason} opensOnClick>
        <Button {...switchedOff(props, id)} />
      </Tooltip>
      <span id={id} hidden>
        {reason}
      </span>
    </>
  );
}
