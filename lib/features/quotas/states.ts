import type { ReservationState } from "@/gen/kysely/enums";
import { stateMachine } from "@/lib/kernel/state-machine";

export const reservationStates = stateMachine<ReservationState>({
  name: "reservation",
  initial: "reserved",
  moves: {
    reserved: ["converted", "released"],
    converted: ["released"],
    // Reserved: a pending request is re-planned. Converted: a run is resumed that had given its capacity back.
    released: ["reserved", "converted"],
  },
});
