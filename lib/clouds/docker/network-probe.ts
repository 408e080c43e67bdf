import { randomBytes } from "node:crypto";
import type { ComponentRef, HealthCheckSpec } from "../contract";
import { contained } from "./contained";
import { createOrAdopt, startContainer } from "./container";
import type { DockerCloud } from "./engine";
import { execInContainer } from "./exec";
import { dropHelper } from "./helper";
import { ensureImage } from "./images";
import { findNetworks } from "./infra";
import { helperLimits, helperPidsLimit } from "./limits";
import { balancerName, containerName, labels, refLabels } from "./names";
import { inspectContainer } from "./own";

const quiet = () => undefined;
/** What starting a program in a container takes beside the check itself. */
const slackMs = 5_000;

interface Question {
  host: string;
  check: HealthCheckSpec & { port: number };
}

/**
 * Makes a health check from inside the environment's network, for engines whose networks this host does not reach: in
 * the component's balancer where it has one, else in a helper made of the same image for the one question.
 * @returns null when it passes, else what was seen
 */
export async function probeFromNetwork(
  cloud: DockerCloud,
  ref: ComponentRef,
  question: Question,
  signal: AbortSignal = AbortSignal.timeout(60_000),
): Promise<string | null> {
  const balancer = await inspectContainer(cloud, balancerName(ref), { signal });
  if (balancer?.State.Running) return await ask(cloud, balancer.name, question, signal);
  const helper = await makeAsker(cloud, ref, signal);
  try {
    await startContainer(cloud, helper, { signal, log: quiet });
    return await ask(cloud, helper, question, signal);
  } finally {
    await dropHelper(cloud, helper);
  }
}

async function makeAsker(cloud: DockerCloud, ref: ComponentRef, signal: AbortSignal): Promise<string> {
  const { balancerImage } = cloud.config;
  const [network] = await findNetworks(cloud, ref.environmentId, signal);
  await ensureImage(cloud, balancerImage, { log: quiet, signal });
  const name = `${containerName(ref)}-probe-${randomBytes(4).toString("hex")}`;
  const body = {
    name,
    Image: balancerImage,
    Entrypoint: ["sleep", "120"],
    Cmd: [],
    Healthcheck: { Test: ["NONE"] },
    Labels: { ...refLabels(cloud.host.cloudId, ref, "helper"), [labels.shape]: "probe" },
    HostConfig: {
      ...contained(cloud.config, helperLimits, helperPidsLimit),
      NetworkMode: network?.Id ?? "none",
    },
  };
  await createOrAdopt(cloud, body, { signal, log: quiet });
  return name;
}

async function ask(
  cloud: DockerCloud,
  container: string,
  { host, check }: Question,
  signal: AbortSignal,
): Promise<string | null> {
  const command = cloud.config.balancerKind === "node" ? nodeCommand(host, check) : shellCommand(host, check);
  const { exitCode, stdout, stderr } = await execInContainer(cloud, container, {
    command,
    timeoutMs: check.timeoutMs + slackMs,
    signal,
  });
  if (exitCode === 0) return null;
  const said = `${stdout}\n${stderr}`.trim().split("\n").at(-1)?.trim().slice(0, 200);
  return said || "no response in its network";
}

const nodeScript = `const [host, port, timeout, path, status] = process.argv.slice(1);
const fail = (text) => { console.log(text); process.exit(1); };
setTimeout(() => fail("timed out"), Number(timeout));
if (path === "") require("net").connect({ host, port: Number(port) }, () => process.exit(0)).on("error", (e) => fail(e.message));
else require("http").get({ host, port: Number(port), path }, (answer) => {
  const code = answer.statusCode;
  if (status === "" ? code >= 200 && code < 300 : code === Number(status)) process.exit(0);
  fail(status === "" ? "HTTP " + code : "HTTP " + code + ", expected " + status);
}).on("error", (e) => fail(e.message));`;

function nodeCommand(host: string, { probe, port, timeoutMs }: Question["check"]): string[] {
  const http = probe.type === "http" ? probe : null;
  const words = [host, String(port), String(timeoutMs), http?.path ?? "", String(http?.status ?? "")];
  return ["node", "-e", nodeScript, "--", ...words];
}

/** With the tools of BusyBox, which the usual balancer image has; its wget would follow redirects. */
const httpScript = String.raw`line=$(printf 'GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n' "$4" "$1" | nc -w "$3" "$1" "$2" | head -n 1)
seen=$(printf '%s' "$line" | sed -nE 's#^HTTP/[0-9.]+ ([0-9]+).*#\1#p')
[ -n "$seen" ] || { echo "no response"; exit 1; }
if [ -n "$5" ]; then [ "$seen" = "$5" ] || { echo "HTTP $seen, expected $5"; exit 1; }
else case $seen in 2??) ;; *) echo "HTTP $seen"; exit 1;; esac; fi`;

function shellCommand(host: string, { probe, port, timeoutMs }: Question["check"]): string[] {
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1000)));
  if (probe.type !== "http") return ["nc", "-w", seconds, host, String(port), "-e", "/bin/true"];
  const words = [host, String(port), seconds, probe.path, String(probe.status ?? "")];
  return ["/bin/sh", "-c", httpScript, "probe", ...words];
}
