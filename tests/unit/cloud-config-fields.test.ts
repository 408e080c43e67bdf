import { describe, expect, it } from "vitest";
import { z } from "zod";
import { configFields, configTitles, configToForm, formToConfig } from "@/components/admin/config-fields";
import { dockerConfigSchema } from "@/lib/clouds/docker/config";

const schema = {
  properties: {
    address: { type: "string", default: "127.0.0.1", title: "Address" },
    bind: {
      anyOf: [
        { type: "string", format: "ipv4" },
        { type: "string", format: "ipv6" },
      ],
      title: "Listen on",
    },
    portRange: {
      type: "array",
      prefixItems: [
        { type: "integer", minimum: 1024 },
        { type: "integer", maximum: 65535 },
      ],
      default: [20000, 29999],
    },
    allowPrograms: { type: "array", items: { type: "string" }, default: [] },
    capacity: {
      anyOf: [
        { type: "object", properties: { cpu: { type: "number" }, memoryBytes: { type: "number" } } },
        { type: "null" },
      ],
      default: null,
    },
    faults: { type: "array", items: { type: "object" }, default: [] },
  },
};

describe("a cloud's configuration as a form", () => {
  it("finds a form for every shape, and JSON only for what has none", () => {
    const shapes = configFields(schema).map((field) => [field.name, field.widget, field.advanced]);
    expect(shapes).toEqual([
      ["address", "text", false],
      ["bind", "text", false],
      ["portRange", "group", true],
      ["allowPrograms", "list", true],
      ["capacity", "group", true],
      ["faults", "json", true],
    ]);
  });

  it("comes back as it went in", () => {
    const config = {
      address: "build.example.com",
      bind: "::1",
      portRange: [3000, 3999],
      allowPrograms: ["redis-server"],
      capacity: { cpu: 4, memoryBytes: 8 * 1024 ** 3 },
      faults: [],
    };
    const form = configToForm(schema, config);
    expect(form.capacity).toEqual({ cpu: 4, memoryBytes: 8 });
    expect(formToConfig(schema, form)).toEqual(config);
  });

  it("offers what an administrator decides about containers, and takes it as it is written", () => {
    const real = z.toJSONSchema(dockerConfigSchema, { io: "input" }) as Record<string, unknown>;
    const widgets = Object.fromEntries(configFields(real).map((field) => [field.name, field.widget]));
    expect(widgets).toMatchObject({
      allowedImages: "list",
      allowCapabilities: "list",
      requireDigest: "switch",
      refuseRootUser: "switch",
      pidsLimit: "number",
      openFilesLimit: "number",
    });
    const config = {
      allowedImages: ["postgres:*", "registry.example.com/team/*"],
      allowCapabilities: ["SYS_NICE"],
      requireDigest: true,
      refuseRootUser: true,
      pidsLimit: 64,
    };
    const written = formToConfig(real, configToForm(real, config));
    expect(dockerConfigSchema.parse(written)).toEqual(dockerConfigSchema.parse(config));
    expect(configTitles(real)).toMatchObject({ allowedImages: "Allowed images", bind: "Bind address" });
  });

  it("leaves out what is empty, so that the driver's default holds", () => {
    const form = configToForm(schema);
    expect(form.portRange).toEqual({ from: 20000, to: 29999 });
    expect(
      formToConfig(schema, { ...form, address: "", portRange: {}, capacity: { cpu: undefined } }),
    ).toEqual({ allowPrograms: [], faults: [] });
  });

  it("hands a half-filled range on for the API to refuse", () => {
    expect(formToConfig(schema, { portRange: { from: 3000, to: undefined } })).toEqual({
      portRange: [3000, undefined],
    });
  });
});
