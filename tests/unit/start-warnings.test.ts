import { describe, expect, it } from "vitest";
import { loadConfig, startWarnings } from "@/lib/platform/config";

const warningsOf = (env: Record<string, string | undefined>) => startWarnings(loadConfig(env));

describe("warnings at the start", () => {
  it("say that plain http beyond this machine is refused, or leaves it", () => {
    for (const env of [
      { HOST: "0.0.0.0", PUBLIC_URL: "http://intranet.example.com:3000" },
      { PUBLIC_URL: "http://intranet.example.com" },
      { HOST: "0.0.0.0" },
      { HOST: "::" },
      { HOST: "192.168.1.5" },
    ]) {
      expect(warningsOf(env), JSON.stringify(env)).toEqual([
        expect.stringMatching(/without TLS.*Other machines are refused.*TLS proxy.*ALLOW_PLAIN_HTTP=on/),
      ]);
      expect(warningsOf({ ...env, ALLOW_PLAIN_HTTP: "on" })).toEqual([
        expect.stringMatching(/without TLS.*Other machines send.*unencrypted.*TLS proxy.*PUBLIC_URL/),
      ]);
    }
  });

  it("are silent on this machine and behind a proxy with TLS", () => {
    for (const env of [
      {},
      { HOST: "::1", PUBLIC_URL: "http://localhost:8080" },
      { PUBLIC_URL: "http://127.0.0.1:3000" },
      { HOST: "0.0.0.0", PUBLIC_URL: "https://rostrum.example.com", TRUSTED_PROXIES: "10.0.0.1" },
    ]) {
      expect(warningsOf(env), JSON.stringify(env)).toEqual([]);
    }
  });

  it("name a proxy that no one named", () => {
    expect(warningsOf({ PUBLIC_URL: "https://rostrum.example.com" })).toEqual([
      expect.stringContaining("TRUSTED_PROXIES is not set"),
    ]);
  });
});
