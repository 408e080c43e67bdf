import { stripAnsi } from "./ansi";
import type { LogLine } from "./log-viewer";

/** Saves lines as a text file, with their times and sources and without colors. */
export function downloadLog(lines: readonly LogLine[], fileName: string): void {
  const text = lines
    .map((line) => {
      const time = line.time == null ? "" : `${new Date(line.time).toISOString()} `;
      return `${time}${line.source ? `[${line.source}] ` : ""}${stripAnsi(line.text)}`;
    })
    .join("\n");
  const url = URL.createObjectURL(new Blob([text, "\n"], { type: "text/plain" }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = fileName;
  anchor.click();
  URL.revokeObjectURL(url);
}
