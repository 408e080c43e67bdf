import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Dockerode from "dockerode";
import {
  type ChangeContext,
  type CloudConnection,
  type ComponentRef,
  type DesiredComponent,
  DriverError,
  type TemplateFile,
} from "@/lib/clouds/contract";
import { dockerDriver } from "@/lib/clouds/docker";
import { newId } from "@/lib/kernel/ids";
import type { Present } from "./cloud-changes";
import { startTestEngine, type TestEngine } from "./docker";
import { ensureTestImage } from "./docker-images";

/** A Docker cloud on a test engine, with images made here and everything removed at the end. */
export interface DockerTestCloud {
  engine: TestEngine;
  connection: CloudConnection;
  cloudId: string;
  images: { busybox: string; node: string };
  /** A fresh ref in a fresh environment; it is removed when the cloud is closed. */
  ref(component?: string, environmentId?: string): ComponentRef;
  /** A second connection with other configuration. */
  open(config: Record<string, unknown>, cloudId?: string): Promise<CloudConnection>;
  close(): Promise<void>;
}

/** Host ports of tests: apart from those of real clouds on the same engine. */
export const testPortRange = "24300-24399";

export async function openDockerTestCloud(): Promise<DockerTestCloud> {
  const engine = await startTestEngine();
  const dir = mkdtempSync(join(tmpdir(), "rostrum-docker-test-"));
  const images = {
    busybox: await ensureTestImage(engine.docker, "busybox"),
    node: await ensureTestImage(engine.docker, "node"),
  };
  const refs: ComponentRef[] = [];
  const cloudId = newId("cloud");
  const open = (config: Record<string, unknown>, id = cloudId) =>
    dockerDriver.open(
      {
        ...engine.config,
        portRange: testPortRange,
        balancerImage: images.node,
        balancerKind: "node",
        ...config,
      },
      { cloudId: id, dataDir: dir, runtimeDir: dir, credentials: {}, log: () => undefined },
    );
  const connection = await open({});
  return {
    engine,
    connection,
    cloudId,
    images,
    open,
    ref: (component = "web", environmentId = newId("environment")) => {
      const ref = { environmentId, environmentName: "docker-test", component };
      refs.push(ref);
      return ref;
    },
    close: async () => {
      for (const ref of refs) {
        await connection.remove(ref, context());
        await connection.removeEnvironment(ref.environmentId, context());
      }
      await connection.close();
      await engine.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A change's context with its own key; `lines` collects what the driver logs. */
export function context(
  key = newId("step"),
  files: Record<string, TemplateFile[]> = {},
): ChangeContext & { lines: string[] } {
  const lines: string[] = [];
  return {
    idempotencyKey: key,
    signal: AbortSignal.timeout(100_000),
    log: (line) => void lines.push(line),
    files: {
      list: async (path) => files[path] ?? [],
      upload: async (id) => {
        throw new Error(`no upload ${id} in this test`);
      },
    },
    lines,
  };
}

/** A container component; `spec` and the other parts are merged over a small default. */
export function desired(
  spec: Record<string, unknown>,
  extra: Partial<Omit<DesiredComponent, "spec" | "kind">> = {},
): DesiredComponent {
  return {
    kind: "container",
    replicas: 1,
    size: { cpu: 0.5, memoryBytes: 64 * 2 ** 20, storageBytes: 0 },
    filesDigest: "sha256:none",
    health: null,
    ...extra,
    spec,
  };
}

/** A web server on port 8080 of a busybox image that answers with a text. */
export function webServer(image: string, text: string, more: Record<string, unknown> = {}) {
  const script = `mkdir -p /tmp/www && printf '%s' "$TEXT" > /tmp/www/index.html && exec httpd -f -p 8080 -h /tmp/www`;
  return {
    image,
    command: ["sh", "-c", script],
    environment: { TEXT: text },
    ports: ["8080"],
    stop_signal: "SIGKILL",
    ...more,
  };
}

/** Applies and expects it to be done at once. */
export async function applied(
  connection: CloudConnection,
  ref: ComponentRef,
  wanted: DesiredComponent,
  options: { action?: "create" | "update" | "replace"; ctx?: ChangeContext } = {},
): Promise<Present> {
  const result = await connection.apply(ref, options.action ?? "create", wanted, options.ctx ?? context());
  if (result.state !== "done") throw new Error("the driver left the change pending");
  return result.observation;
}

/** The DriverError that a promise fails with; anything else fails the test. */
export async function driverError(promise: Promise<unknown>): Promise<DriverError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof DriverError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

export async function textOf(url: string | null): Promise<string> {
  if (!url) throw new Error("there is no url");
  return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
}

/** What an engine still holds of an environment, as "container name", "network name" or "volume name". */
export async function leftovers(docker: Dockerode, environmentId: string): Promise<string[]> {
  const filters = JSON.stringify({ label: [`rostrum.environment=${environmentId}`] });
  const [containers, networks, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map((entry) => `container ${entry.Names[0]}`),
    ...networks.map((entry) => `network ${entry.Name}`),
    ...(Volumes ?? []).map((entry) => `volume ${entry.Name}`),
  ];
}
