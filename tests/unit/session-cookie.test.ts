import { EncryptJWT } from "jose";
import { encode } from "next-auth/jwt";
import { describe, expect, it } from "vitest";
import { decodeSessionToken } from "@/lib/platform/auth/session-cookie";

const secret = "a secret of more than thirty-two characters";

describe("a session token", () => {
  it("is opened when it is sealed as ours are", async () => {
    const token = await encode({ token: { sid: "ses_1" }, secret });
    expect(await decodeSessionToken({ token, secret })).toMatchObject({ sid: "ses_1" });
  });

  it.each([
    { alg: "dir", enc: "A128CBC-HS256" },
    { alg: "A256KW", enc: "A256GCM" },
    { alg: "A256GCMKW", enc: "A256GCM" },
  ])("is nothing when it is sealed with $alg and $enc", async (header) => {
    const token = await new EncryptJWT({ sid: "ses_1" })
      .setProtectedHeader(header)
      .encrypt(Buffer.alloc(32, 7));
    expect(await decodeSessionToken({ token, secret })).toBeNull();
  });

  it("is nothing without a seal", async () => {
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    const token = `${none}.${Buffer.from('{"sid":"ses_1"}').toString("base64url")}.`;
    expect(await decodeSessionToken({ token, secret })).toBeNull();
  });

  it("is refused when it is altered or over", async () => {
    const token = await encode({ token: { sid: "ses_1" }, secret, maxAge: -60 });
    await expect(decodeSessionToken({ token, secret })).rejects.toThrow();
    const fresh = await encode({ token: { sid: "ses_1" }, secret });
    await expect(decodeSessionToken({ token: `${fresh.slice(0, -4)}AAAA`, secret })).rejects.toThrow();
  });
});
