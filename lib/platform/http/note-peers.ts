import { peerHeader } from "../auth/client-address";
import { beforeEveryRequest } from "./every-request";

/**
 * Lets every request carry the address of its connection. Next hands routes no socket and believes an X-Forwarded-For
 * that a client sent, so without this anybody could choose the address that throttling and the audit see.
 */
export function notePeers(): void {
  beforeEveryRequest((request) => {
    request.headers[peerHeader] = request.socket?.remoteAddress ?? "";
    return false;
  });
}
