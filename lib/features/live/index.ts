export { openLineStream } from "./line-stream";
export { livePosition, openEventStream } from "./stream";
export { requireTopics } from "./topics";
