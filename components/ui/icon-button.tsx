"use client";

import { Button, type ButtonProps } from "./button";
import { ReasonedButton } from "./reasoned-button";
import { Tooltip } from "./tooltip";

export interface IconButtonProps extends Omit<ButtonProps, "aria-label" | "disabled"> {
  /** Its name, which is also its tooltip. */
  label: string;
  /** Why it can't be used now, as a sentence; null when it can. */
  reason?: string | null;
}

/** A button of an icon alone, with its name as a tooltip; or with the reason why it can't be used. */
export function IconButton({ label, reason, ...props }: IconButtonProps) {
  const button: ButtonProps = { variant: "ghost", size: "icon-sm", ...props, "aria-label": label };
  if (reason) return <ReasonedButton {...button} reason={reason} />;
  return (
    <Tooltip content={label}>
      <Button {...button} />
    </Tooltip>
  );
}
