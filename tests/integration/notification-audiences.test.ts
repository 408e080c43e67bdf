import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findRecipients } from "@/lib/features/notifications";
import type { notificationRules } from "@/lib/features/notifications/rules";
import { eventKinds } from "@/lib/features/notifications/schema";
import { execute, pooled, query } from "@/lib/platform/db";
import type { TestDatabase } from "@/tests/support/database";
import { insertEnvironment } from "@/tests/support/environment-row";
import { makePerson, makeProject, type TestPerson, useTestPortal } from "@/tests/support/portal";

let database: TestDatabase;
let projectId: string;
let environmentId: string;
let requester: TestPerson;
let owner: TestPerson;
let approver: TestPerson;
let admin: TestPerson;

beforeAll(async () => {
  database = await useTestPortal();
  projectId = await makeProject("told");
  requester = await makePerson("requester", { projects: { [projectId]: "developer" } });
  owner = await makePerson("owner", { projects: { [projectId]: "owner" } });
  approver = await makePerson("approver", { projects: { [projectId]: "approver" } });
  admin = await makePerson("admin", { orgRole: "admin" });
  environmentId = await insertEnvironment(projectId, requester.id);
});
afterAll(async () => await database?.drop());
beforeEach(async () => void (await execute("UPDATE app_user SET disabled_at = NULL")));

const disable = (...people: TestPerson[]) =>
  execute("UPDATE app_user SET disabled_at = now() WHERE id = ANY($1)", [people.map((one) => one.id)]);

async function told(kind: keyof typeof notificationRules, subjectId: string | null = requester.id) {
  const found = await findRecipients(pooled, [{ kind, title: "x", subjectId, environmentId }]);
  return found.map((one) => one.userId).toSorted();
}

describe("the chain", () => {
  it.each(eventKinds)(
    "of %s finds an enabled person, also when the one it is about is disabled, gone or no one",
    async (kind) => {
      expect((await told(kind)).length).toBeGreaterThan(0);
      expect((await told(kind, null)).length).toBeGreaterThan(0);
      expect((await told(kind, "usr_gone")).length).toBeGreaterThan(0);
      await disable(requester, owner, approver);
      expect(await told(kind)).toEqual([admin.id]);
    },
  );

  it("goes from the owner to the project's owners to the administrators", async () => {
    expect(await told("lease.ends-soon")).toEqual([requester.id]);
    await disable(requester);
    expect(await told("lease.ends-soon")).toEqual([owner.id]);
    await disable(owner);
    expect(await told("lease.ends-soon")).toEqual([admin.id]);
  });

  it("passes over an owner who left the project", async () => {
    const gone = await makePerson("gone");
    expect(await told("lease.ends-soon", gone.id)).toEqual([owner.id]);
  });

  it("asks those who may decide, and never the requester among them", async () => {
    expect(await told("request.approval-requested")).toEqual([owner.id, approver.id].toSorted());
    expect(await told("request.approval-requested", owner.id)).toEqual([approver.id]);
    await disable(approver);
    expect(await told("request.approval-requested", owner.id)).toEqual([admin.id]);
  });

  it("tells an administrator who asks and is the only one that no one can decide", async () => {
    await disable(owner, approver);
    const found = await findRecipients(pooled, [
      { kind: "request.approval-requested", title: "x", subjectId: admin.id, environmentId },
    ]);
    expect(found.map((one) => one.userId)).toEqual([admin.id]);
  });

  it("takes people of the demonstration only where no other administrator is", async () => {
    const demo = await makePerson("demo-admin", { orgRole: "admin", isDemo: true });
    expect(await told("delivery.failed")).toEqual([admin.id]);
    await disable(admin);
    expect(await told("delivery.failed")).toEqual([demo.id]);
    await execute("DELETE FROM app_user WHERE id = $1", [demo.id]);
  });
});

it("leaves the decider out of the decision, and the requester's result in", async () => {
  const { notify } = await import("@/lib/features/notifications");
  const about = { title: "x", environmentId, subjectId: owner.id, actorId: owner.id } as const;
  await notify(pooled, [
    { ...about, kind: "request.approved" },
    { ...about, kind: "run.failed" },
  ]);
  expect(await query("SELECT kind FROM notification WHERE user_id = $1", [owner.id])).toEqual([
    { kind: "run.failed" },
  ]);
});
