export {
  AddressError,
  endpointKey,
  type OutgoingAddress,
  type OutgoingProtocol,
  parseAddress,
  parseAuthority,
} from "./address";
export { type OutgoingAnswer, type OutgoingRequest, requestComponent, requestOutgoing } from "./client";
export { type NetworkKind, networkOf } from "./networks";
export { type Post, post } from "./post";
export {
  judgeUnresolved,
  type Lookup,
  type OutgoingPolicy,
  type OutgoingTarget,
  openTarget,
  type Resolved,
  UnresolvedError,
} from "./target";
