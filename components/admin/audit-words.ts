/** What an action means, as what somebody did. Those that are not here are shown by their own name. */
const done: Record<string, string> = {
  "request.create": "asked for a new environment",
  "request.update": "asked for a change",
  "request.stop": "asked to stop",
  "request.start": "asked to start",
  "request.restart": "asked to restart",
  "request.repair": "asked to repair",
  "request.extend": "asked for a longer lease",
  "request.restore": "asked to restore a backup",
  "request.action": "asked to run an action",
  "request.destroy": "asked to destroy",
  "request.heal": "had a component healed",
  "request.plan": "had a request planned again",
  "request.approve": "approved a request",
  "request.reject": "rejected a request",
  "request.cancel": "withdrew a request",
  "run.resume": "went on with a run",
  "run.cancel": "stopped a run",
  "backup.create": "took a backup",
  "backup.delete": "deleted a backup",
  "secret.reveal": "looked at a secret",
  "upload.create": "uploaded an archive",
  "upload.use": "used an upload",
  "upload.delete": "deleted unused uploads",
  "template.import": "saved a draft",
  "template.submit": "submitted a version for review",
  "template.publish": "published a version",
  "template.reject": "sent a version back",
  "template.deprecate": "deprecated a version",
  "template.retire": "retired a version",
  "cloud.create": "added a cloud",
  "cloud.update": "changed a cloud",
  "cloud.delete": "removed a cloud",
  "project.create": "created a project",
  "project.update": "changed a project",
  "project.archive": "archived a project",
  "member.add": "added a member",
  "member.update": "changed a member's role",
  "member.remove": "removed a member",
  "user.create": "added a person",
  "user.update": "changed a person",
  "user.password": "changed a password",
  "session.sign-in": "signed in",
  "session.sign-out": "signed out",
  "session.revoke": "ended a session",
  "session.revoke-others": "ended all other sessions",
  "token.create": "created a token",
  "token.revoke": "revoked a token",
  "cost-center.create": "created a cost center",
  "cost-center.update": "changed a cost center",
  "price.add": "added a price",
  "price-book.create": "created a price book",
  "statement.close": "closed a month",
  "queue.retry": "had failed messages tried again",
  "demo.remove": "removed the demo data",
  "demo.link-create": "created a demo link",
  "demo.link-use": "opened a demo link",
};

/** What was done, in words; of a refused or failed attempt the action's name, because it did not happen. */
export function actionWords(action: string, outcome: string): string {
  if (outcome === "denied") return "was refused";
  return done[action] ?? action;
}

/** An actor's label, as it was written into the event, in its parts: "Dana Okafor <dana@example.com> (demo)". */
export function splitActor(label: string): { name: string; email: string | null } {
  const match = /^(.*?) <([^<>]+)>/.exec(label);
  return match ? { name: match[1] ?? label, email: match[2] ?? null } : { name: label, email: null };
}
