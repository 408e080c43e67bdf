import { Mono } from "@/components/ui/code";

const marks = /(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/;

/** A line with `code`, **strong** and *emphasized* words. */
export function InlineText({ text }: { text: string }) {
  let at = 0;
  return text.split(marks).map((part) => {
    const key = at;
    at += part.length;
    if (part.startsWith("`") && part.endsWith("`") && part.length > 2)
      return (
        <Mono key={key} className="break-words">
          {part.slice(1, -1)}
        </Mono>
      );
    if (part.startsWith("**") && part.length > 4) return <strong key={key}>{part.slice(2, -2)}</strong>;
    if (part.startsWith("*") && part.length > 2) return <em key={key}>{part.slice(1, -1)}</em>;
    return part;
  });
}
