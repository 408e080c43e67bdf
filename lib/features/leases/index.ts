export { type LeaseAction, nextLeaseAction } from "./rules";
export { leaseTick } from "./tick";
