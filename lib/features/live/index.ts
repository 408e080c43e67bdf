export { actorRefresher, openEventStream } from "./stream";
export { requireTopics } from "./topics";
