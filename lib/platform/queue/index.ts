export {
  type JobName,
  type JobPayload,
  jobs,
  lookMsOf,
  type MessageName,
  messageNames,
  type QueueName,
  queueNames,
  type ScheduleName,
  scheduleNames,
  schedulesOf,
} from "./catalog";
export { closeQueues, pingQueue } from "./connection";
export { enqueue, fanOut } from "./enqueue";
export { ensureSchedules, readNextTurns } from "./schedules";
export { queueStats, retryFailed, retryFailedJob } from "./stats";
export { startScheduleWorker, startWorker } from "./workers";
