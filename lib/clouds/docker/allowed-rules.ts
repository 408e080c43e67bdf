import type Dockerode from "dockerode";
import type { Problem } from "../contract";
import { capabilityProblems, defaultCapabilities, keptCapabilities } from "./capabilities";
import { labelProblems } from "./container-labels";
import { imageProblems } from "./image-policy";
import { bindingsOf } from "./ports";
import type { ContainerRule } from "./rules";
import { type ContainerPlan, durationMs } from "./spec";
import { stopSeconds } from "./stop";
import { tmpfsOf, tmpfsProblems } from "./tmpfs";
import { isRootUser } from "./users";

/** What a container gets when it asks for it, and what that becomes. */
export const allowedRules: readonly ContainerRule[] = [
  {
    keys: ["image"],
    subject: "Images",
    rule: "by_setting",
    settings: ["allowedImages", "requireDigest"],
    detail: ({ allowedImages, requireDigest }) =>
      `${allowedImages.length === 0 ? "Any image" : `Only ${allowedImages.join(", ")}`}. ${
        requireDigest ? "A registry digest is required" : "Digests aren't required"
      }. Rostrum pins the digest it first used for later changes.`,
    judge: ({ plan, config }) => imageProblems(plan.image, config),
    body: ({ image }) => ({ own: { Image: image.reference } }),
  },
  {
    keys: ["user"],
    subject: "User of the container",
    rule: "by_setting",
    settings: ["refuseRootUser"],
    detail: ({ refuseRootUser }) =>
      refuseRootUser
        ? "Containers that run as root are refused."
        : "Any. Plans show a warning for containers that run as root.",
    judge: ({ plan, config }) =>
      config.refuseRootUser && plan.spec.user !== undefined && isRootUser(plan.spec.user)
        ? [{ path: "user", message: "this cloud refuses containers that run as root; set another user" }]
        : [],
    body: ({ user }) => (user === undefined ? {} : { own: { User: user } }),
  },
  {
    keys: ["cap_add", "cap_drop"],
    subject: "Linux capabilities",
    rule: "by_setting",
    settings: ["allowCapabilities"],
    detail: ({ allowCapabilities }) =>
      `All capabilities are dropped except ${defaultCapabilities.join(", ")}. ${
        allowCapabilities.length === 0
          ? "Templates can't add others."
          : `Templates can add ${allowCapabilities.join(", ")}.`
      }`,
    judge: ({ plan, config }) => capabilityProblems(plan.spec, config.allowCapabilities),
    body: ({ plan }) => ({
      host: { CapDrop: ["ALL"], CapAdd: keptCapabilities(plan.spec.cap_drop, plan.spec.cap_add) },
    }),
  },
  {
    keys: ["read_only"],
    subject: "Read-only file system",
    rule: "allowed",
    detail: () => "Where the template sets read_only. Volumes and in-memory folders stay writable.",
    judge: ({ plan }) => readOnlyProblems(plan),
    body: ({ plan }) => ({ host: { ReadonlyRootfs: plan.spec.read_only === true } }),
  },
  {
    keys: ["volumes"],
    subject: "Volumes",
    rule: "allowed",
    detail: () => "The component’s own named volumes. Never a host folder.",
    body: ({ plan, volumes }) => ({
      host: {
        Mounts: plan.mounts.map((mount) => ({
          Type: "volume" as const,
          Source: volumes[mount.volume] ?? "",
          Target: mount.path,
          ReadOnly: mount.readOnly,
        })),
      },
    }),
  },
  {
    keys: ["tmpfs"],
    subject: "In-memory folders (tmpfs)",
    rule: "allowed",
    detail: () => "Always nosuid and nodev. They count toward the component's memory.",
    judge: ({ plan }) => tmpfsProblems(plan.spec.tmpfs),
    body: ({ plan }) => (plan.spec.tmpfs ? { host: { Tmpfs: tmpfsOf(plan.spec.tmpfs) } } : {}),
  },
  {
    keys: ["ports", "expose"],
    subject: "Ports",
    rule: "by_setting",
    settings: ["bind", "portRange"],
    detail: ({ bind, portRange }) => `Published on ${bind} only. Rostrum assigns a port from ${portRange}.`,
    body: ({ plan, hostPorts, publishes, config }) => ({
      own: {
        ExposedPorts: Object.fromEntries(plan.ports.map((entry) => [`${entry.port}/${entry.protocol}`, {}])),
      },
      host: { PortBindings: publishes ? bindingsOf(config.bind, plan.ports, hostPorts) : {} },
    }),
  },
  {
    keys: ["labels"],
    subject: "Labels",
    rule: "by_setting",
    settings: ["allowedLabels"],
    detail: ({ allowedLabels }) =>
      `${allowedLabels.length === 0 ? "None" : `Names that start with ${allowedLabels.join(" or ")}`}. Image labels are cleared.`,
    judge: ({ plan, config }) => labelProblems(Object.keys(plan.spec.labels), config.allowedLabels),
    body: ({ plan }) => ({ own: { Labels: { ...plan.spec.labels } } }),
  },
  {
    keys: ["command", "entrypoint", "working_dir", "environment"],
    subject: "Command and environment",
    rule: "allowed",
    detail: () => "Any command of the image.",
    body: ({ plan: { spec } }) => ({
      own: {
        ...(spec.command ? { Cmd: spec.command } : {}),
        ...(spec.entrypoint ? { Entrypoint: spec.entrypoint } : {}),
        ...(spec.working_dir ? { WorkingDir: spec.working_dir } : {}),
        Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${String(value)}`),
      },
    }),
  },
  {
    keys: ["healthcheck"],
    subject: "Health check",
    rule: "allowed",
    detail: () => "Runs inside the container with its privileges.",
    body: ({ plan: { spec } }) =>
      spec.healthcheck ? { own: { Healthcheck: healthcheckOf(spec.healthcheck) } } : {},
  },
  {
    keys: ["init", "stop_signal", "stop_grace_period"],
    subject: "Init process, stop signal and grace period",
    rule: "allowed",
    detail: () => "The engine's init process runs first unless the template turns it off.",
    body: ({ plan: { spec } }) => {
      const stopMs = durationMs(spec.stop_grace_period);
      return {
        own: {
          ...(spec.stop_signal ? { StopSignal: spec.stop_signal } : {}),
          ...(stopMs === undefined ? {} : { StopTimeout: stopSeconds(stopMs) }),
        },
        host: { Init: spec.init !== false },
      };
    },
  },
  {
    keys: ["files", "uploads"],
    subject: "Template files and uploads",
    rule: "allowed",
    detail: () => "Copied in before the first start, owned by root and read-only for others.",
    actedOnBy: "converge.ts copies them into the container before it starts",
  },
  {
    keys: ["backup", "health"],
    subject: "Backup and health commands",
    rule: "allowed",
    detail: () => "Run inside the container with its privileges.",
    actedOnBy: "the engine resolves them into the component before a driver sees it",
  },
];

function readOnlyProblems({ spec }: ContainerPlan): Problem[] {
  if (!spec.read_only) return [];
  const copied = [
    ...(Object.keys(spec.files).length > 0 ? ["files"] : []),
    ...(Object.values(spec.uploads).some(Boolean) ? ["uploads"] : []),
  ];
  return copied.map((what) => ({
    path: "read_only",
    message: `${what} can’t be copied into a read-only container`,
  }));
}

type ComposeHealthcheck = NonNullable<ContainerPlan["spec"]["healthcheck"]>;

function healthcheckOf(check: ComposeHealthcheck): Dockerode.HealthConfig {
  const nanoseconds = (text: string | undefined) => {
    const ms = durationMs(text);
    return ms === undefined ? undefined : ms * 1e6;
  };
  return {
    Test: check.test,
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    Retries: check.retries,
    StartPeriod: nanoseconds(check.start_period),
  };
}
