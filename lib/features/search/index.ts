import { z } from "zod";
import { environmentStatuses, environmentStatusLabels } from "@/lib/features/environments/schema";
import {
  requestKindLabels,
  requestKinds,
  requestStatuses,
  requestStatusLabels,
} from "@/lib/features/requests/schema";
import { type Actor, can, visibleProjects } from "@/lib/platform/auth";
import type { SearchHitDto, SearchKind } from "./schema";
import { listHits, type SearchRow } from "./store";

const hrefs: Record<SearchKind, (id: string) => string> = {
  environment: (id) => `/environments/${id}`,
  template: (id) => `/catalog/${id}`,
  request: (id) => `/requests/${id}`,
  project: (id) => `/environments?project=${encodeURIComponent(id)}`,
  person: (id) => `/admin/users?q=${encodeURIComponent(id)}`,
};

/**
 * Everything with the words in its name, for the palette: the actor's environments, requests and projects, the
 * published templates, and people for who may read them. At most five of a kind, those that begin with the words first.
 */
export async function searchEverything(actor: Actor, text: string): Promise<SearchHitDto[]> {
  const scope = (visible: "all" | string[]) => (visible === "all" ? null : visible);
  const rows = await listHits(text, {
    environments: scope(visibleProjects(actor, "environment.read")),
    requests: scope(visibleProjects(actor, "request.read")),
    projects: scope(visibleProjects(actor)),
    people: can(actor, "user.read"),
  });
  return rows.map((row) => ({
    kind: row.kind,
    title: row.title,
    subtitle: subtitleOf(row),
    href: hrefs[row.kind](row.id),
  }));
}

// All hits are one list of texts, which those of the database's enums became, too.
const environmentStatus = z.enum(environmentStatuses);
const requestKind = z.enum(requestKinds);
const requestStatus = z.enum(requestStatuses);

/** In the words the screens have for it. */
function subtitleOf({ kind, subtitle, state }: SearchRow): string {
  if (kind === "environment") {
    return `${subtitle} · ${environmentStatusLabels[environmentStatus.parse(state)].toLowerCase()}`;
  }
  if (kind === "request") {
    return `${requestKindLabels[requestKind.parse(subtitle)]} · ${requestStatusLabels[requestStatus.parse(state)].toLowerCase()}`;
  }
  return subtitle;
}
