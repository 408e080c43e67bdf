/** The few colors of meaning. `busy` is work in progress: accent with a breathing dot. */
export type Tone = "neutral" | "good" | "warning" | "bad" | "accent" | "busy";

export const toneSoft: Record<Tone, string> = {
  neutral: "bg-hover text-ink-soft",
  good: "bg-good-soft text-good-ink",
  warning: "bg-warning-soft text-warning-ink",
  bad: "bg-bad-soft text-bad-ink",
  accent: "bg-accent-soft text-accent-ink",
  busy: "bg-accent-soft text-accent-ink",
};

export const toneText: Record<Tone, string> = {
  neutral: "text-muted",
  good: "text-good-ink",
  warning: "text-warning-ink",
  bad: "text-bad-ink",
  accent: "text-accent-ink",
  busy: "text-accent-ink",
};

export const toneDot: Record<Tone, string> = {
  neutral: "bg-muted",
  good: "bg-good",
  warning: "bg-warning",
  bad: "bg-bad",
  accent: "bg-accent-ink",
  busy: "bg-accent-ink animate-breathe",
};

export const toneLine: Record<Tone, string> = {
  neutral: "border-line",
  good: "border-good-line",
  warning: "border-warning-line",
  bad: "border-bad-line",
  accent: "border-accent-ink/40",
  busy: "border-accent-ink/40",
};
