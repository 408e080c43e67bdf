import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowancesOf, bodyOf, containerRules, judgeAsked } from "@/lib/clouds/docker/allowances";
import { defaultCapabilities, linuxCapabilities } from "@/lib/clouds/docker/capabilities";
import { readPlan } from "@/lib/clouds/docker/spec";
import { unsupportedComposeKeys } from "@/lib/engine/template/compose-keys";
import { containerSchema } from "@/lib/engine/template/schema-implementations";
import { config, desired, making } from "../support/docker-making";

const problemsOf = (spec: Record<string, unknown>, given: Record<string, unknown> = {}) => {
  const wanted = desired(spec);
  const read = readPlan(wanted);
  if ("problems" in read) return read.problems;
  return judgeAsked({ plan: read.plan, size: wanted.size, config: config(given) });
};

/** A value other than the default, for every key of the schema that a rule turns into a part of the body. */
const examples: Record<string, unknown> = {
  image: "other/app:2",
  command: ["run"],
  entrypoint: ["/start"],
  environment: { NAME: "value" },
  ports: ["8080"],
  expose: [9000],
  volumes: ["data:/data"],
  healthcheck: { test: ["CMD", "true"] },
  user: "1000",
  working_dir: "/srv",
  read_only: true,
  tmpfs: ["/run"],
  cap_drop: ["ALL"],
  cap_add: ["SYS_NICE"],
  init: false,
  stop_signal: "SIGINT",
  stop_grace_period: "3s",
  labels: { "app.team": "a" },
};

describe("what a container may ask for", () => {
  const accepted = Object.keys(containerSchema.shape);
  const listed = containerRules.flatMap((rule) => rule.keys);

  it("has every key of the manifest and of Compose in exactly one row, and none besides", () => {
    expect(listed.toSorted()).toEqual([...accepted, ...unsupportedComposeKeys].toSorted());
    expect(new Set(listed).size).toBe(listed.length);
    expect(new Set(containerRules.map((rule) => rule.subject)).size).toBe(containerRules.length);
  });

  it("refuses what the manifest refuses, and acts on what it accepts", () => {
    for (const rule of containerRules) {
      for (const key of rule.keys) {
        expect(rule.rule === "refused", key).toBe(unsupportedComposeKeys.has(key));
        if (rule.rule !== "refused") expect(Boolean(rule.body) !== Boolean(rule.actedOnBy), key).toBe(true);
      }
    }
  });

  it("has no dead key: each one changes the container that is made", () => {
    const acted = containerRules.filter((rule) => rule.body).flatMap((rule) => rule.keys);
    expect(Object.keys(examples).toSorted()).toEqual(acted.toSorted());
    const plain = bodyOf(making({}));
    for (const [key, value] of Object.entries(examples)) {
      const made = making({ [key]: value }, { allowCapabilities: ["SYS_NICE"] });
      if (key === "image") made.image = { name: "other/app:2", reference: "other" };
      expect(bodyOf(made), key).not.toEqual(plain);
    }
  });

  it("decides every field of the body once", () => {
    const all = making(examples, { allowCapabilities: ["SYS_NICE"] });
    const seen = new Set<string>();
    for (const rule of containerRules) {
      const { own = {}, host = {} } = rule.body?.(all) ?? {};
      for (const field of [...Object.keys(own), ...Object.keys(host).map((name) => `HostConfig.${name}`)]) {
        expect(seen.has(field), field).toBe(false);
        seen.add(field);
      }
    }
  });

  it("says a sentence for every refused key, whatever its value", () => {
    for (const key of unsupportedComposeKeys) {
      for (const value of [true, "host", ["x"], { a: 1 }, null, ""]) {
        expect(problemsOf({ [key]: value }), key).toMatchObject([
          { path: key, message: expect.stringMatching(/^\w+ is refused\. .+\.$/) },
        ]);
      }
    }
  });

  it("refuses wishes that go too far, at their place", () => {
    const hostile: [Record<string, unknown>, string, RegExp][] = [
      [{ cap_add: ["ALL"] }, "cap_add.0", /can’t get all/],
      [{ cap_add: ["cap_sys_admin"] }, "cap_add.0", /SYS_ADMIN/],
      [{ cap_add: ["NET_BIND_SERVICE", " net_raw "] }, "cap_add.1", /NET_RAW/],
      [{ cap_add: ["NONSENSE"] }, "cap_add.0", /unknown capability/],
      [{ cap_drop: ["NONSENSE"] }, "cap_drop.0", /unknown capability/],
      [{ tmpfs: ["/run:suid"] }, "tmpfs.0", /suid/],
      [{ tmpfs: ["/run:size=1m,dev,exec"] }, "tmpfs.0", /dev/],
      [{ tmpfs: ["relative"] }, "tmpfs.0", /expected a path/],
      [{ tmpfs: ["/a/../proc"] }, "tmpfs.0", /expected a path/],
      [{ labels: { "rostrum.role": "helper" } }, "labels", /is reserved/],
      [{ labels: { "com.docker.compose.project": "x" } }, "labels", /is reserved/],
      [{ read_only: true, files: { "/app": "app" } }, "read_only", /files can’t/],
      [{ read_only: true, uploads: { "/app": "id" } }, "read_only", /uploads can’t/],
      [{ volumes: ["/var/run/docker.sock:/var/run/docker.sock"] }, "volumes.0", /no host directories/],
      [{ volumes: ["./data:/data"] }, "volumes.0", /no host directories/],
      [{ volumes: [{ type: "bind", source: "/", target: "/host" }] }, "volumes.0", /expected/],
      [{ image: "sha256:abc" }, "image", /is not an image name/],
      [{ image: "a".repeat(64) }, "image", /is not an image name/],
      [{ image: "nginx evil/nginx" }, "image", /is not an image name/],
    ];
    for (const [spec, path, message] of hostile) {
      expect(problemsOf(spec), JSON.stringify(spec)).toMatchObject([
        { path, message: expect.stringMatching(message) },
      ]);
    }
    const both = problemsOf({ privileged: true, volumes: ["/etc:/host"] });
    expect(both.map((problem) => problem.path)).toEqual(["privileged", "volumes.0"]);
    expect(problemsOf({ user: "00:5" }, { refuseRootUser: true })).toMatchObject([{ path: "user" }]);
    expect(problemsOf({ user: "root" }, { refuseRootUser: true })).toMatchObject([{ path: "user" }]);
    expect(problemsOf({ user: "root" })).toEqual([]);
  });

  it("gives a container what it asks of the default set and of the administrator's list, and nothing else", () => {
    const names = fc.subarray([...linuxCapabilities]);
    fc.assert(
      fc.property(names, names, names, (allowCapabilities, add, drop) => {
        const spec = { cap_add: add, cap_drop: drop };
        const may = new Set<string>([...defaultCapabilities, ...allowCapabilities]);
        const problems = problemsOf(spec, { allowCapabilities });
        expect(problems.length).toBe(add.filter((name) => !may.has(name)).length);
        const { host } = bodyOf(making(spec, { allowCapabilities }));
        expect(host.CapDrop).toEqual(["ALL"]);
        if (problems.length > 0) return;
        const kept = host.CapAdd as string[];
        expect(kept.every((name) => may.has(name))).toBe(true);
        for (const name of drop) if (!add.includes(name)) expect(kept).not.toContain(name);
      }),
    );
  });

  it("has one door: nothing else makes a container, and no command runs privileged", () => {
    const folder = fileURLToPath(new URL("../../lib/clouds/docker", import.meta.url));
    const sources = readdirSync(folder).map(
      (name) => [name, readFileSync(join(folder, name), "utf8")] as const,
    );
    const having = (text: string) =>
      sources.filter(([, source]) => source.includes(text)).map(([name]) => name);
    expect(having("createContainer(")).toEqual(["container.ts"]);
    expect(having(".exec({")).toEqual(["exec.ts"]);
    expect(having(".start({ abortSignal").sort()).toEqual(["container.ts"]);
    expect(having("Privileged: true")).toEqual([]);
  });

  it("is shown with the settings' values", () => {
    const { rows } = allowancesOf(config({ allowedImages: ["postgres:*"], allowCapabilities: ["SYS_NICE"] }));
    const detail = (subject: string) => rows.find((row) => row.subject === subject)?.detail;
    expect(rows.length).toBe(containerRules.length);
    expect(detail("Images")).toContain("postgres:*");
    expect(detail("Linux capabilities")).toContain("can add SYS_NICE");
    for (const row of rows) expect(row.detail, row.subject).toMatch(/\.$/);
  });
});
