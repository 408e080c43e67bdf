import { Download } from "lucide-react";

/** A report's rows as a file. */
export function CsvLink({ href }: { href: string }) {
  const csv = `${href}${href.includes("?") ? "&" : "?"}format=csv`;
  return (
    <a
      href={csv}
      download
      className="inline-flex items-center gap-1 rounded-sm hover:text-ink hover:underline"
    >
      <Download className="size-3.5" aria-hidden /> CSV
    </a>
  );
}
