import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const twMerge = extendTailwindMerge({
  extend: {
    classGroups: {
      "font-size": [{ text: ["2xs"] }],
      rounded: [{ rounded: ["control", "card"] }],
      shadow: [{ shadow: ["panel", "pop"] }],
    },
  },
});

/** Joins class names; later Tailwind utilities win over earlier ones of the same kind. */
export function cn(...classes: ClassValue[]): string {
  return twMerge(clsx(classes));
}
