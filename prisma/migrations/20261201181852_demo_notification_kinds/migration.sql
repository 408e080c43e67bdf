-- Demo data was written with two kinds that no event has.
UPDATE "notification" SET "kind" = CASE "kind" WHEN 'request.waiting' THEN 'request.approval-requested' ELSE 'lease.ends-soon' END
WHERE "kind" IN ('request.waiting', 'lease.ending');
