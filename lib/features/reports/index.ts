export { fulfilment } from "./fulfilment";
export { reliance } from "./reliance";
export { sprawl } from "./sprawl";
