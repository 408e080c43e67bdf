export { getEventHub, type LiveEvent, listEventsSince } from "./hub";
export { type LiveNews, publishEvent, publishEvents, type Topic, topicPattern } from "./publish";
export { deleteOldEvents } from "./store";
