import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { actorOf, createWorld, type World } from "@/tests/support/world";

let world: World;
let versionId: string;
let number = 0;

beforeAll(async () => {
  world = await createWorld({ project: { approvalLimit: 1 } });
  const component = { process: { program: "node" }, size: { cpu: "4", memory: "8Gi" } };
  versionId = await world.publish("shop", { web: component });
});
afterAll(async () => await world?.close());

const sql = async (text: string, ...values: unknown[]) =>
  (await world.database.pool.query(text, values)).rows;

beforeEach(async () => {
  await sql("UPDATE app_user SET disabled_at = NULL");
  await sql("UPDATE template_version SET status = 'published' WHERE id = $1", versionId).catch(() => []);
  await sql("UPDATE project SET quota_cpu = 10000, budget_monthly = NULL, archived_at = NULL");
  await sql("UPDATE cloud SET enabled = true");
  await sql(
    `INSERT INTO project_member (project_id, user_id, role) VALUES ($1, $2, 'developer')
     ON CONFLICT (project_id, user_id) DO UPDATE SET role = 'developer'`,
    world.projectId,
    world.developerId,
  );
});

async function waiting(template = "shop") {
  number += 1;
  const { submitRequest } = await import("@/lib/features/requests");
  const { requestBody } = await import("@/lib/features/requests/schema");
  const body = { kind: "create", project: "team", template, name: `shop-${number}` };
  const submitted = await submitRequest(await actorOf(world, "developer"), requestBody.parse(body));
  expect(submitted.status).toBe("pending_approval");
  return { id: submitted.id, digest: submitted.plan.digest, name: body.name };
}

async function approve({ id, digest }: { id: string; digest: string }) {
  const { decideRequest } = await import("@/lib/features/requests");
  return await decideRequest(await actorOf(world, "approver"), id, {
    decision: "approve",
    digest,
    reason: "",
  });
}

const statusOf = async (id: string) =>
  (await sql("SELECT status::text AS status FROM request WHERE id = $1", id))[0].status;

/** Refused, with these words, and still waiting. */
async function refused(request: { id: string; digest: string }, code: string, words: RegExp) {
  await expect(approve(request)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  expect(await statusOf(request.id)).toBe("pending_approval");
  expect(await sql("SELECT 1 FROM approval WHERE request_id = $1", request.id)).toEqual([]);
  expect(await sql("SELECT 1 FROM run WHERE request_id = $1", request.id)).toEqual([]);
}

describe("an approval", () => {
  it("goes through when nothing changed, and the requester is told of it", async () => {
    const request = await waiting();
    const asked = await sql(
      "SELECT user_id, title FROM notification WHERE href = $1",
      `/approvals/${request.id}`,
    );
    expect(asked).toEqual([{ user_id: world.approverId, title: `${request.name}: approval requested` }]);
    expect((await approve(request)).status).toBe("running");
    const told = await sql(
      "SELECT user_id, kind FROM notification WHERE href = $1",
      `/requests/${request.id}`,
    );
    expect(told).toEqual([{ user_id: world.developerId, kind: "request.approved" }]);
  });

  it("is refused for a requester who is disabled, left the project or may not request any more", async () => {
    const request = await waiting();
    await sql("UPDATE app_user SET disabled_at = now() WHERE id = $1", world.developerId);
    await refused(request, "conflict", /^Dev is disabled\. Reject the request/);
    await sql("UPDATE app_user SET disabled_at = NULL");
    await sql("UPDATE project_member SET role = 'viewer' WHERE user_id = $1", world.developerId);
    await refused(request, "conflict", /^Dev now has the viewer role in Team/);
    await sql("DELETE FROM project_member WHERE user_id = $1", world.developerId);
    await refused(request, "conflict", /^Dev is no longer a member of Team/);
    // Rejecting is always possible, and goes to those who are left to hear it.
    const { decideRequest } = await import("@/lib/features/requests");
    const decision = { decision: "reject", digest: request.digest, reason: "gone" } as const;
    await decideRequest(await actorOf(world, "approver"), request.id, decision);
  });

  it("is refused for a version that was retired since", async () => {
    const retired = await world.publish("retired-shop", {
      web: { process: { program: "node" }, size: { cpu: "4", memory: "8Gi" } },
    });
    const request = await waiting("retired-shop");
    await sql("UPDATE template_version SET status = 'retired', retired_at = now() WHERE id = $1", retired);
    await refused(request, "conflict", /can no longer be approved.*not published/);
  });

  it("stays with the version it was planned for when a newer one is published", async () => {
    const request = await waiting();
    await world.publish(
      "shop",
      { web: { process: { program: "node" }, size: { cpu: "16", memory: "8Gi" } } },
      { version: "2.0.0" },
    );
    expect((await approve(request)).status).toBe("running");
    await sql("UPDATE template_version SET status = 'retired', retired_at = now() WHERE version = '2.0.0'");
  });

  it("is refused where the planned cloud can't be used any more", async () => {
    const request = await waiting();
    await sql("UPDATE cloud SET enabled = false");
    await refused(request, "stale_plan", /placement is no longer possible/);
  });

  it("is refused when the quota shrank below what is reserved", async () => {
    const request = await waiting();
    await sql("UPDATE project SET quota_cpu = 1");
    await refused(request, "quota_exceeded", /Exceeds the project quota/);
  });

  it("is refused with what changed when the price changed, and can be planned again", async () => {
    const request = await waiting();
    await sql(
      `INSERT INTO price (id, price_book_id, meter, unit, unit_price, valid_from)
       SELECT 'prc_dearer', price_book_id, meter, unit, 0.04, now() - interval '1 second' FROM price WHERE meter = 'cpu'`,
    );
    await refused(request, "stale_plan", /monthly cost is now .* instead of .*Re-plan/);
    const { replanRequest } = await import("@/lib/features/requests");
    const { digest } = await replanRequest(await actorOf(world, "approver"), request.id);
    expect(digest).not.toBe(request.digest);
    // A budget warns; other requests of the project would hold up every approval by it.
    await sql("UPDATE project SET budget_monthly = 50");
    expect((await approve({ ...request, digest })).status).toBe("running");
  });

  it("does not count the request's own reservation against it", async () => {
    await sql("UPDATE request SET status = 'cancelled' WHERE status = 'pending_approval'");
    await sql("UPDATE reservation SET state = 'released'");
    await sql("UPDATE project SET quota_cpu = 4, budget_monthly = 200");
    const request = await waiting();
    expect((await approve(request)).status).toBe("running");
  });

  describe("of a plan that was altered in the database", () => {
    const altered = async (request: { id: string }, change: string) => {
      await sql("ALTER TABLE plan DISABLE TRIGGER plan_append_only");
      await sql(`UPDATE plan SET ${change} WHERE request_id = $1`, request.id);
      await sql("ALTER TABLE plan ENABLE TRIGGER plan_append_only");
    };

    it.each([
      ["placement", "placement = jsonb_set(placement, '{web,cloudId}', '\"cld_other\"')"],
      ["reasons", `reasons = '[{"cloud": "Elsewhere", "chosen": true, "reason": "is cheap"}]'`],
      ["lease", `lease = '{"days": 900, "endsAt": "2030-01-01T00:00:00Z"}'`],
      ["cost", `cost = jsonb_set(cost, '{monthly}', '"1.00"')`],
      ["changes", "changes = jsonb_set(changes, '{0,replicas}', '9')"],
      ["losses", "losses = NULL"],
      ["verdicts", "verdicts = '[]'"],
      ["parameters", `parameters = '{"size": "huge"}'`],
    ])("is refused: %s", async (_what, change) => {
      const request = await waiting();
      await altered(request, change);
      await refused(request, "stale_plan", /doesn’t match its digest/);
    });

    it("is refused when the request is for another backup or action", async () => {
      const request = await waiting();
      await sql(
        `UPDATE request SET payload = payload || '{"backup": "bkp_other"}' WHERE id = $1`,
        request.id,
      );
      await refused(request, "stale_plan", /doesn’t match its digest/);
    });

    it("is refused where it is damaged; its request can still be opened and planned again", async () => {
      const request = await waiting();
      await altered(request, "changes = '{}'");
      await refused(request, "conflict", /^The stored plan can’t be read: changes: /);
      const { getRequest, replanRequest } = await import("@/lib/features/requests");
      const shown = await getRequest(await actorOf(world, "approver"), request.id);
      expect(shown).toMatchObject({ status: "pending_approval", plan: null, verdicts: [] });
      const { digest } = await replanRequest(await actorOf(world, "approver"), request.id);
      expect((await approve({ ...request, digest })).status).toBe("running");
    });

    it("can be rejected where it is damaged", async () => {
      const request = await waiting();
      await altered(request, "cost = '[]'");
      const { decideRequest } = await import("@/lib/features/requests");
      const decision = { decision: "reject", digest: request.digest, reason: "unreadable" } as const;
      await decideRequest(await actorOf(world, "approver"), request.id, decision);
      expect(await statusOf(request.id)).toBe("rejected");
    });
  });

  it("goes through for a plan from before placement, its reasons and the context were signed", async () => {
    const request = await waiting();
    const { readPlan } = await import("@/lib/features/requests");
    const { earlierBody } = await import("@/lib/features/requests/planning/plan-body");
    const { planDigest } = await import("@/lib/engine/plan");
    const [{ plan_id, environment_id }] = await sql("SELECT * FROM request WHERE id = $1", request.id);
    const signed = {
      ...(await readPlan(plan_id)),
      ...{ kind: "create" as const, projectId: world.projectId, environmentId: environment_id },
      ...{ environmentName: request.name, context: {} },
    };
    const digest = planDigest(earlierBody(signed));
    await sql("ALTER TABLE plan DISABLE TRIGGER plan_append_only");
    await sql("UPDATE plan SET digest = $2 WHERE request_id = $1", request.id, digest);
    await sql("ALTER TABLE plan ENABLE TRIGGER plan_append_only");
    expect((await approve({ ...request, digest })).status).toBe("running");
  });
});
