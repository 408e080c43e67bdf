export { cancelRequest, expireRequests } from "./cancel";
export { decideRequest } from "./decide";
export { readPlan } from "./plan-row";
export { prepareRequest, toPreview } from "./prepare";
export { getRequest, listRequests, type RequestFilter } from "./queries";
export { replanRequest } from "./replan";
export { submitRequest, submitSystemRequest } from "./submit";
