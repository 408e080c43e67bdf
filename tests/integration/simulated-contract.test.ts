import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simulatedDriver } from "@/lib/clouds/simulated";
import { diskStore } from "@/lib/clouds/simulated/store";
import { describeDriverContract } from "../support/driver-contract";
import { filesOf } from "../support/machine-cloud";

describeDriverContract("simulated", {
  driver: simulatedDriver,
  badConfig: { latencyMs: [-1, 0] },
  async open() {
    const dataDir = mkdtempSync(join(tmpdir(), "rostrum-simulated-"));
    const host = {
      cloudId: "cld_trial",
      dataDir,
      runtimeDir: dataDir,
      credentials: {},
      log: () => undefined,
    };
    const reopen = () => simulatedDriver.open({}, host);
    const store = diskStore(dataDir);
    return {
      connection: await reopen(),
      reopen,
      files: filesOf({}),
      answers: false,
      desired: ({ greeting, replicas = 1, size }) => ({
        kind: "container",
        replicas,
        size: { cpu: 0.5, memoryBytes: 2 ** 28, storageBytes: 0, ...size },
        spec: { image: "web", ports: ["8080"], environment: { TEXT: greeting } },
        filesDigest: "",
        health: null,
      }),
      broken: null,
      identity: ({ externalId, attributes }) => `${externalId} ${attributes.startedAt}`,
      kill: async (ref) => {
        const thing = await store.get(ref);
        if (thing) await store.put({ ...thing, status: "failed" }, false);
      },
      vanish: { thing: (ref) => store.delete(ref) },
      close: async () => rmSync(dataDir, { recursive: true, force: true }),
    };
  },
});
