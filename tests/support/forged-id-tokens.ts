import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

type Claims = Record<string, unknown>;

/** How an ID token differs from the one the provider made. */
export interface Forgery {
  claims?: (claims: Claims) => Claims;
  /** Whose key signs it; no one's: the algorithm "none". */
  signedBy?: "provider" | "stranger" | "nobody";
}

const keys = { modulusLength: 2048 };
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (part = "") => JSON.parse(Buffer.from(part, "base64url").toString()) as Claims;

/**
 * Stands before a real OpenID Connect provider and, while `forgery` is set, replaces the ID tokens of its answers as
 * someone could who sits between it and the portal, or who has tokens of another client.
 */
export class ForgedIdTokens {
  readonly #own = generateKeyPairSync("rsa", keys).privateKey;
  readonly #strange = generateKeyPairSync("rsa", keys).privateKey;
  forgery: Forgery | undefined;

  /** The keys to give to the provider. */
  get jwks() {
    return { keys: [{ ...this.#own.export({ format: "jwk" }), kid: "test", use: "sig", alg: "RS256" }] };
  }

  before(provider: RequestListener): RequestListener {
    return (request: IncomingMessage, response: ServerResponse) => {
      if (this.forgery && request.url === "/token") this.#watch(response, this.forgery);
      provider(request, response);
    };
  }

  #watch(response: ServerResponse, forgery: Forgery): void {
    const end = response.end.bind(response) as (chunk: string) => ServerResponse;
    response.end = ((chunk: Buffer | string) => {
      const answer = JSON.parse(String(chunk)) as { id_token?: string };
      if (answer.id_token) answer.id_token = this.#forge(answer.id_token, forgery);
      const text = JSON.stringify(answer);
      response.setHeader("content-length", Buffer.byteLength(text));
      return end(text);
    }) as typeof response.end;
  }

  #forge(token: string, { claims = (same) => same, signedBy = "provider" }: Forgery): string {
    const [header, payload] = token.split(".");
    const said = claims(decode(payload));
    if (signedBy === "nobody") return `${encode({ ...decode(header), alg: "none" })}.${encode(said)}.`;
    const key: KeyObject = signedBy === "provider" ? this.#own : this.#strange;
    const signed = `${header}.${encode(said)}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
  }
}
