const OPEN_EVENT = "rostrum:open-palette";

/** Opens the command palette from anywhere on the page. */
export function openPalette(): void {
  window.dispatchEvent(new Event(OPEN_EVENT));
}

/** Calls back whenever the palette is asked for, by ⌘K / Ctrl K or by openPalette. Returns how to stop. */
export function onPaletteAsked(callback: () => void): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.altKey) return;
    event.preventDefault();
    callback();
  };
  window.addEventListener("keydown", onKey);
  window.addEventListener(OPEN_EVENT, callback);
  return () => {
    window.removeEventListener("keydown", onKey);
    window.removeEventListener(OPEN_EVENT, callback);
  };
}
