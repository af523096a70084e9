-- 平板: when it was last here (noted once a minute at most), and by whom and why it was struck off.
ALTER TABLE device ADD COLUMN contact_ms INTEGER;
ALTER TABLE device ADD COLUMN revoked_by TEXT;
ALTER TABLE device ADD COLUMN revoked_why TEXT;
