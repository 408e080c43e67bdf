"use client";

import { Slider as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn";

type SliderProps = ComponentProps<typeof Radix.Root> & { "aria-label": string };

export function Slider({ className, "aria-label": label, ...rest }: SliderProps) {
  const thumbs = (rest.value ?? rest.defaultValue ?? [0]).length;
  return (
    <Radix.Root
      className={cn("relative flex h-5 w-full touch-none items-center select-none", className)}
      {...rest}
    >
      <Radix.Track className="relative h-1.5 grow overflow-hidden rounded-full bg-track">
        <Radix.Range className="absolute h-full bg-accent" />
      </Radix.Track>
      {Array.from({ length: thumbs }, (_, index) => (
        <Radix.Thumb
          // biome-ignore lint/suspicious/noArrayIndexKey: thumbs have no identity but their place
          key={index}
          aria-label={label}
          className="block size-4 rounded-full border border-line-strong bg-white shadow-sm"
        />
      ))}
    </Radix.Root>
  );
}
