"use client";

import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { onPaletteAsked } from "./palette-state";
import type { PaletteLink } from "./types";

const PaletteDialog = dynamic(() => import("./palette-dialog").then((module) => module.PaletteDialog), {
  ssr: false,
});

/** Listens for ⌘K; the palette itself is loaded when it is first asked for. */
export function Palette({ links }: { links: readonly PaletteLink[] }) {
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  useEffect(
    () =>
      onPaletteAsked(() => {
        setWanted(true);
        setOpen((before) => !before);
      }),
    [],
  );
  if (!wanted) return null;
  return <PaletteDialog open={open} onOpenChange={setOpen} links={links} />;
}
