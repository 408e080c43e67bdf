export {
  AddressError,
  endpointKey,
  type OutgoingAddress,
  parseAddress,
  parseAuthority,
} from "./address";
export { requestComponent, requestOutgoing } from "./client";
export { networkOf } from "./networks";
export { post } from "./post";
export {
  judgeUnresolved,
  type Lookup,
  type OutgoingPolicy,
  type OutgoingTarget,
  openTarget,
  UnresolvedError,
} from "./target";
