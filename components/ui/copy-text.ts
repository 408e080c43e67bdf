import { toast } from "sonner";

/** Puts a text on the clipboard; where the browser refuses, says so. @returns whether it's there */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The clipboard is closed on plain http and when permission is refused.
    toast.error("Couldn’t copy. Select the text and copy it manually.");
    return false;
  }
}
