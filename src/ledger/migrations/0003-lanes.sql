-- What is due is read by lane (notices, or the mail for one mailbox), so that a long queue of one never hides the others.
DROP INDEX entries_due;
CREATE INDEX entries_due ON entries (coalesce(json_extract(cargo, '$.mailbox'), ''), next_attempt, id) WHERE state = 'queued';
