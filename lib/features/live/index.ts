export { openLineStream } from "./line-stream";
export { openEventStream } from "./stream";
export { requireTopics } from "./topics";
