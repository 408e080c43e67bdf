import { listStats } from "./store";

export interface TemplateStats {
  running: number;
  /** Median of successful create runs of the last 90 days; the demo's invented ones count only until there are real ones. */
  typicalSeconds: number | null;
  successRate: number | null;
}

const maxAgeMs = 30_000;
let cached: { at: number; stats: Promise<Map<string, TemplateStats>> } | undefined;

/** How much each template is relied on, by template id. At most half a minute old, because every card asks for it. */
export async function templateStats(): Promise<Map<string, TemplateStats>> {
  if (cached && Date.now() - cached.at < maxAgeMs) return await cached.stats;
  const entry = { at: Date.now(), stats: readStats() };
  cached = entry;
  try {
    return await entry.stats;
  } catch (error) {
    if (cached === entry) cached = undefined;
    throw error;
  }
}

/** For tests and after bulk changes: the next call reads again. */
export function forgetTemplateStats(): void {
  cached = undefined;
}

async function readStats(): Promise<Map<string, TemplateStats>> {
  return new Map((await listStats()).map(({ templateId, ...stats }) => [templateId, stats]));
}
