/**
 * Why nothing new is placed on an unhealthy cloud, in one phrase for lists and placement: a driver's message that
 * begins with "Paused:" tells of a machine that answers but can't isolate components.
 */
export function unavailability(healthMessage: string): "paused: not isolated" | "unreachable" {
  return healthMessage.startsWith("Paused:") ? "paused: not isolated" : "unreachable";
}
