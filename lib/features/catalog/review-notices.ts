import type { NotificationEvent } from "@/lib/features/notifications";
import type { Actor } from "@/lib/platform/auth";
import type { VersionTransition } from "./schema";

interface Review {
  name: string;
  version: string;
  transition: VersionTransition;
  note: string;
  actor: Actor;
  /** Everybody whose content is in the version. */
  contributorIds: readonly string[];
}

/** Whom a step in a version's life is news for: the reviewers when it is submitted, its contributors when it is reviewed. */
export function reviewNotices({
  name,
  version,
  transition,
  note,
  actor,
  contributorIds,
}: Review): NotificationEvent[] {
  const about = { href: `/admin/templates/${name}/${version}`, actorId: actor.userId };
  const title = `${name} ${version}`;
  if (transition === "submit") {
    return [
      {
        ...about,
        kind: "version.review-requested",
        subjectId: actor.userId,
        title: `${title}: review requested`,
        body: `Submitted by ${actor.name}`,
      },
    ];
  }
  if (transition !== "publish" && transition !== "reject") return [];
  const published = transition === "publish";
  const authors = contributorIds.length > 0 ? contributorIds : [null];
  return authors.map((subjectId) => ({
    ...about,
    kind: published ? "version.published" : "version.changes-requested",
    subjectId,
    title: published ? `${title}: published` : `${title}: changes requested`,
    body: note || `${published ? "Published" : "Changes requested"} by ${actor.name}`,
  }));
}
