export { getHome } from "./queries";
