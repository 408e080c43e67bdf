"use client";

import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";
import { useAppleKeys } from "./use-apple-keys";

/** Every key that does something, in the order of use. */
export function ShortcutsDialog(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const apple = useAppleKeys();
  const shortcuts = [
    { does: "Search pages, environments and templates", keys: [apple ? "⌘K" : "Ctrl K"] },
    { does: "Move through search results and menus", keys: ["↑", "↓"] },
    { does: "Open the selected result or menu item", keys: ["Enter"] },
    { does: "Close a dialog, menu or search", keys: ["Esc"] },
    { does: "Skip to the content of a page", keys: ["Tab", "Enter"] },
  ];
  return (
    <Dialog {...props}>
      <DialogContent title="Keyboard shortcuts">
        <dl className="grid divide-y">
          {shortcuts.map(({ does, keys }) => (
            <div key={does} className="flex items-center justify-between gap-4 py-2.5">
              <dt>{does}</dt>
              <dd className="flex shrink-0 gap-1">
                {keys.map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </DialogContent>
    </Dialog>
  );
}
