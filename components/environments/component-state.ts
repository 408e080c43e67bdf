import type { Tone } from "@/components/ui/tone";
import type { EnvironmentDetail, ResourceDto } from "@/lib/features/environments/schema";
import type { IncidentDto } from "@/lib/features/monitoring/schema";
import { healthTones } from "./looks";

/** A component's status and health as one tone and one word. */
export function componentState(
  one: ResourceDto,
  incidents: readonly IncidentDto[],
): { tone: Tone; word: string } {
  if (one.status !== "running")
    return { tone: one.status === "stopped" ? "neutral" : "busy", word: one.status };
  const open = openIncidents(one, incidents);
  const tries = open.reduce((sum, incident) => sum + incident.actions.length, 0);
  if (open.length > 0 && one.health !== "healthy") {
    return {
      tone: one.health === "unhealthy" ? "bad" : "warning",
      word: tries > 0 ? `healing, attempt ${tries}` : one.health,
    };
  }
  return { tone: healthTones[one.health], word: one.health === "unknown" ? "health unknown" : one.health };
}

/** Why a component is in its state, as far as that is known. */
export function stateReason(
  environment: EnvironmentDetail,
  one: ResourceDto,
  incidents: readonly IncidentDto[],
): string | null {
  if (one.status === "stopped" && environment.status === "stopped") return "The environment is stopped.";
  const [open] = openIncidents(one, incidents);
  const remedy = open?.actions.at(-1)?.text;
  const told = one.healthMessage || open?.summary;
  const sentences = [told, remedy].flatMap((text) => (text ? [asSentence(text)] : []));
  return sentences.length > 0 ? sentences.join(" ") : null;
}

/**
 * Since when a component is in its state: the beginning of its open incident, else what came later of its start and the
 * end of its newest incident. Null where that isn't known.
 */
export function stateSince(one: ResourceDto, incidents: readonly IncidentDto[]): string | null {
  const own = incidents.filter((incident) => incident.component === one.component);
  if (one.status !== "running") return null;
  const begun = openIncidents(one, incidents)
    .map((incident) => incident.openedAt)
    .sort()[0];
  if (begun && one.health !== "healthy") return begun;
  const startedAt = one.attributes.startedAt;
  const started = typeof startedAt === "string" && !Number.isNaN(Date.parse(startedAt)) ? [startedAt] : [];
  const ended = own.flatMap((incident) => (incident.closedAt ? [incident.closedAt] : []));
  return [...started, ...ended].sort((left, right) => Date.parse(left) - Date.parse(right)).at(-1) ?? null;
}

function openIncidents(one: ResourceDto, incidents: readonly IncidentDto[]): IncidentDto[] {
  return incidents.filter((incident) => !incident.closedAt && incident.component === one.component);
}

function asSentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
