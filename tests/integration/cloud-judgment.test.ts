// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are expressions of the template language
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "@/lib/kernel/ids";
import { changeContext } from "../support/cloud-changes";
import { machineTrial, processComponent, webFiles } from "../support/machine-cloud";
import { actorOf, createWorld, type World } from "../support/world";

const secretly = {
  secrets: { password: { generate: 24 } },
  process: {
    program: "postgres",
    ports: [5432],
    options: { user: "app", password: "${{ secrets.password }}" },
  },
};

/** What a cloud cannot do of a template is said where the person looks: at the form, not half-way through a run. */
describe("clouds judge before anything is chosen", () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld();
    await addCloud("metal", "machine", {});
    await world.publish("forbidden", { tool: { process: { program: "no-such-program", ports: [80] } } });
    await world.publish("many", {
      api: { process: { program: "static", ports: [8080] } },
      db: { ...secretly, replicas: 3 },
    });
    await world.publish("well", {
      db: secretly,
      web: {
        process: {
          program: "static",
          ports: [8080],
          environment: { DATABASE: "${{ components.db.host }}:${{ components.db.ports[5432] }}" },
        },
      },
    });
    const parameters = {
      properties: { n: { type: "number", default: 1.5 }, when: { type: "string", default: "" } },
    };
    const simple = { process: { program: "static", ports: [8080] } };
    await world.publish("half", { web: { ...simple, replicas: "${{ parameters.n }}" } }, { parameters });
    await world.publish("maybe", { web: { ...simple, when: "${{ parameters.when }}" } }, { parameters });
    await world.publish(
      "lost",
      { web: { process: { ...simple.process, args: ["${{ parameters.when.size() / 0 }}"] } } },
      { parameters },
    );
  });
  afterAll(() => world.close());

  async function addCloud(name: string, driver: string, config: object): Promise<void> {
    await world.database.pool.query(
      "INSERT INTO cloud (id, name, title, driver, config, updated_at) VALUES ($1, $2, $2, $3, $4, now())",
      [newId("cloud"), name, driver, JSON.stringify(config)],
    );
  }

  async function plan(template: string, cloud?: string) {
    const { prepareRequest } = await import("@/lib/features/requests");
    return await prepareRequest(await actorOf(world, "developer"), {
      kind: "create",
      project: "team",
      template,
      name: template,
      parameters: {},
      reason: "",
      ...(cloud ? { cloud } : {}),
    });
  }
  const refusal = async (template: string, cloud?: string) =>
    await plan(template, cloud).then(
      () => null,
      (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
    );

  it("a program that the machine does not offer", async () => {
    expect(await refusal("forbidden", "metal")).toBe(
      'no_placement: No cloud can run tool. metal: can’t run tool: this cloud doesn’t allow the program "no-such-program".',
    );
  });

  it("another cloud is chosen where one can", async () => {
    expect(await refusal("forbidden")).toBeNull();
  });

  it("more replicas than a program runs as", async () => {
    expect(await refusal("many", "metal")).toBe(
      "no_placement: No cloud can run db. metal: can’t run db: postgres doesn’t support replicas.",
    );
  });

  it("secrets and links that only the run will know are no reason", async () => {
    expect(await refusal("well", "metal")).toBeNull();
  });

  it("expressions that give nothing usable are named with their component and key", async () => {
    expect(await refusal("half")).toContain("web: replicas must be a whole number from 0 to 1000, not 1.5");
    expect(await refusal("maybe")).toContain('web: "when" must be true or false, not ""');
    expect(await refusal("lost")).toMatch(/web, args\.0: division by zero/i);
  });
});

describe("the machine cloud", () => {
  it("runs no program that it does not allow, for any user", async () => {
    const trial = machineTrial([21_260, 21_269]);
    const cloud = await trial.open();
    const ref = { environmentId: newId("environment"), environmentName: "judged", component: "tool" };
    try {
      const change = cloud.apply(
        ref,
        "create",
        processComponent({ program: "sleep", args: ["60"] }),
        changeContext(webFiles),
      );
      await expect(change).rejects.toMatchObject({
        kind: "permanent",
        message: 'This machine can’t run tool: this cloud doesn’t allow the program "sleep"',
      });
      expect(await cloud.observe(ref)).toEqual({ present: false });
      expect(existsSync(trial.recordFile(ref))).toBe(false);
    } finally {
      await cloud.close();
      trial.dispose();
    }
  });
});
