"use client";

import { Button, type ButtonProps } from "./button";
import { Tooltip } from "./tooltip";

export interface IconButtonProps extends Omit<ButtonProps, "aria-label"> {
  /** Its name, which is also its tooltip. */
  label: string;
}

/** A button of an icon alone, with its name as a tooltip. */
export function IconButton({ label, variant = "ghost", size = "icon-sm", ...rest }: IconButtonProps) {
  return (
    <Tooltip content={label}>
      <Button variant={variant} size={size} aria-label={label} {...rest} />
    </Tooltip>
  );
}
