export { EventHub, getEventHub, type LiveEvent, listEventsSince } from "./hub";
export { publishEvent, publishEvents, type Topic, topicPattern } from "./publish";
