const month = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
const day = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** "October 2026" of "2026-10". */
export function monthName(text: string): string {
  return month.format(new Date(`${text}-01T00:00:00Z`));
}

/** "4 Oct 2026" of "2026-10-04": charged days are those of UTC for every viewer. */
export function dayName(text: string): string {
  return day.format(new Date(`${text}T00:00:00Z`));
}
