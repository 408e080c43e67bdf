"use client";

import { useId } from "react";
import { Button, type ButtonProps } from "./button";
import { switchedOff } from "./reasoned-button";
import { Tooltip } from "./tooltip";

export interface IconButtonProps extends Omit<ButtonProps, "aria-label" | "disabled"> {
  /** Its name, which is also its tooltip. */
  label: string;
  /** Why it can't be used now, as a sentence; null when it can. */
  reason?: string | null;
}

/**
 * A button of an icon alone, with its name as a tooltip; or with the reason why it can't be used. It stays the same element
 * when that changes, so that it keeps the focus.
 */
export function IconButton({ label, reason, ...given }: IconButtonProps) {
  const id = useId();
  const props: ButtonProps = { variant: "ghost", size: "icon-sm", ...given, "aria-label": label };
  const why = props.loading ? null : reason;
  return (
    <>
      <Tooltip content={why ?? label} opensOnClick={Boolean(why)}>
        <Button {...(why ? switchedOff(props, id) : props)} />
      </Tooltip>
      {why ? (
        <span id={id} hidden>
          {why}
        </span>
      ) : null}
    </>
  );
}
