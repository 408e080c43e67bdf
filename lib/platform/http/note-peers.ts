import { type IncomingMessage, Server } from "node:http";
import { peerHeader } from "../auth/client-address";

/**
 * Lets every request carry the address of its connection. Next hands routes no socket and believes an X-Forwarded-For
 * that a client sent, so without this anybody could choose the address that throttling and the audit see.
 */
export function notePeers(): void {
  const emit = Server.prototype.emit as (this: Server, ...args: unknown[]) => boolean;
  function noting(this: Server, ...args: unknown[]): boolean {
    if (args[0] === "request") {
      const request = args[1] as IncomingMessage;
      request.headers[peerHeader] = request.socket?.remoteAddress ?? "";
    }
    return emit.apply(this, args);
  }
  Server.prototype.emit = noting as typeof Server.prototype.emit;
}
