export { Graph, GraphError } from "./graph";
