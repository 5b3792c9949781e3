-- What kind of organisation it is: sharing rules speak of kinds, not only of single organisations.
ALTER TABLE arm.organisation ADD COLUMN role text NOT NULL DEFAULT 'center'
    CHECK (role IN ('center', 'tax', 'university', 'employer', 'region'));

-- The few doors through which arm_sharer reaches records. It reads all, but writes only the kinds
-- that the centre itself makes; what people typed it cannot touch.
GRANT USAGE ON SCHEMA arm TO arm_sharer;
GRANT SELECT ON arm.organisation, arm.scope_head, arm.doc, arm.account TO arm_sharer;
GRANT UPDATE (seq, hash) ON arm.scope_head TO arm_sharer;
GRANT INSERT, UPDATE ON arm.doc TO arm_sharer;
GRANT INSERT ON arm.doc_home, arm.change TO arm_sharer;

CREATE POLICY shared_seen ON arm.organisation FOR SELECT TO arm_sharer USING (true);
CREATE POLICY shared_seen ON arm.account FOR SELECT TO arm_sharer USING (true);
CREATE POLICY shared_seen ON arm.scope_head FOR SELECT TO arm_sharer USING (true);
CREATE POLICY shared_counted ON arm.scope_head FOR UPDATE TO arm_sharer USING (true);
CREATE POLICY shared_seen ON arm.doc FOR SELECT TO arm_sharer USING (true);
CREATE POLICY shared_added ON arm.doc FOR INSERT TO arm_sharer
    WITH CHECK (kind IN ('shared_card', 'alias_notice', 'info_request', 'disclosure'));
-- a disclosure is added once and never changed
CREATE POLICY shared_written ON arm.doc FOR UPDATE TO arm_sharer
    USING (kind IN ('shared_card', 'alias_notice', 'info_request'));
CREATE POLICY shared_homed ON arm.doc_home FOR INSERT TO arm_sharer WITH CHECK (true);
CREATE POLICY shared_added ON arm.change FOR INSERT TO arm_sharer
    WITH CHECK (kind IN ('shared_card', 'alias_notice', 'info_request', 'disclosure'));

-- What the centre made, no workstation changes: push refuses it with a reason, and this holds even
-- where push forgot.
CREATE POLICY made_by_the_centre ON arm.doc AS RESTRICTIVE FOR UPDATE TO arm_owner
    USING (kind NOT IN ('shared_card', 'alias_notice', 'disclosure'));
CREATE POLICY made_by_the_centre_only ON arm.doc AS RESTRICTIVE FOR INSERT TO arm_owner
    WITH CHECK (kind NOT IN ('shared_card', 'alias_notice'));
