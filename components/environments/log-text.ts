import type { LogLine } from "@/components/data/log-viewer";

/** What programs write before their words: an ISO 8601 time, or PostgreSQL's own way of it. */
const iso =
  /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)\]?\s+(?:\[\d+\]\s+)?/;
const level = /^\W{0,2}(debug|info|log|notice|warn|warning|error|fatal|panic)\b/i;
const ours = /^\[rostrum\]\s+/;

/**
 * A line of a component's log with its own time, source and level read out of its text. A time that a program wrote itself
 * is better than the one at which the line was read; a line that says nothing of the kind stays as it is.
 */
export function readLogText(text: string, readAt: string | null): LogLine {
  if (ours.test(text)) return { time: readAt, source: "rostrum", text: text.replace(ours, "") };
  const stamp = iso.exec(text);
  const written = stamp ? toTime(stamp[1] ?? "", stamp[2] ?? "") : null;
  const rest = stamp && written !== null ? text.slice(stamp[0].length) : text;
  const word = level.exec(rest)?.[1]?.toLowerCase();
  return { time: written ?? readAt, level: levelOf(word), text: rest };
}

function toTime(local: string, zone: string): number | null {
  const offset = /^(UTC|GMT)$/.test(zone) ? "Z" : zone;
  const ms = Date.parse(`${local.replace(" ", "T").replace(",", ".")}${offset}`);
  return Number.isNaN(ms) ? null : ms;
}

function levelOf(word: string | undefined): LogLine["level"] {
  if (word === "error" || word === "fatal" || word === "panic") return "error";
  return word === "warn" || word === "warning" ? "warning" : "info";
}
