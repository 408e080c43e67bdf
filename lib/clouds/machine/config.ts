import { z } from "zod";
import { linkHostSchema } from "../link-host";

const port = z.int().min(1_024).max(65_535);

/** What an administrator sets for a machine cloud. Everything has a default. */
export const machineConfigSchema = z.strictObject({
  address: linkHostSchema().meta({
    title: "Address",
    description: "Hostname or IP address users connect to. Must differ from the portal’s.",
  }),
  bind: z.union([z.ipv4(), z.ipv6()]).default("127.0.0.1").meta({
    title: "Listen on",
    description: "127.0.0.1 for this machine only, 0.0.0.0 for all networks.",
  }),
  portRange: z
    .tuple([port, port])
    .refine(([from, to]) => from <= to, { error: "the first port can’t be above the last" })
    .default([20_000, 29_999])
    .meta({ title: "Ports", description: "Port range for components." }),
  allowPrograms: z
    .array(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, "expected the name of a program, without a path"),
    )
    .default([])
    .meta({ title: "Allowed programs", description: "Programs of this host that templates can run." }),
  allowFileGit: z.boolean().default(false).meta({
    title: "Local Git addresses",
    description: "Allow file:// and loopback addresses as Git sources.",
  }),
  capacity: z
    .strictObject({
      cpu: z.number().positive().optional(),
      memoryBytes: z.number().positive().optional(),
      storageBytes: z.number().positive().optional(),
    })
    .default({})
    .meta({ title: "Capacity", description: "Capacity limit. Default: the whole host." }),
  uidRange: z
    .tuple([z.int().min(1_000), z.int().max(2_000_000_000)])
    .default([1_879_100_000, 2_000_000_000])
    .meta({
      title: "User IDs",
      description: "User IDs for components when Rostrum runs as root. Each ID is used only once.",
    }),
});

export type MachineConfig = z.output<typeof machineConfigSchema>;
