export { fulfillment } from "./fulfillment";
export { reliance } from "./reliance";
export { sprawl } from "./sprawl";
