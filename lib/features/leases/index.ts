export { leaseTick } from "./tick";
